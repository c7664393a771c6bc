import { okta } from 'nest-auth-plug/strategies/okta';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const oktaRoom = providerRoom({
  name: 'okta',
  label: 'Okta',
  variables: ['ISSUER', ...CLIENT],
  make: (values) => okta({ issuer: values.ISSUER, ...clientOf(values) }),
});
