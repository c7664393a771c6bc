import { auth0 } from 'nest-auth-plug/strategies/auth0';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const auth0Room = providerRoom({
  name: 'auth0',
  label: 'Auth0',
  variables: ['DOMAIN', ...CLIENT],
  make: (values) => auth0({ domain: values.DOMAIN, ...clientOf(values) }),
});
