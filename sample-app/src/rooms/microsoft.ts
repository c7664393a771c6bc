import { microsoft } from 'nest-auth-plug/strategies/microsoft';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const microsoftRoom = providerRoom({
  name: 'microsoft',
  label: 'Microsoft',
  variables: CLIENT,
  make: (values) => microsoft(clientOf(values)),
});
