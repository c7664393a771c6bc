import { google } from 'nest-auth-plug/strategies/google';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const googleRoom = providerRoom({
  name: 'google',
  label: 'Google',
  variables: CLIENT,
  make: (values) => google(clientOf(values)),
});
