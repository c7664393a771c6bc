import { oidc } from 'nest-auth-plug/strategies/oidc';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

/** Any other provider of OpenID Connect, one on this machine too. */
export const oidcRoom = providerRoom({
  name: 'oidc',
  label: 'OpenID Connect',
  variables: ['ISSUER', ...CLIENT],
  make: (values) => oidc({ issuer: values.ISSUER, ...clientOf(values), calls: { allowHttpOnLoopback: true } }),
});
