import { linkedin } from 'nest-auth-plug/strategies/linkedin';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const linkedinRoom = providerRoom({
  name: 'linkedin',
  label: 'LinkedIn',
  variables: CLIENT,
  make: (values) => linkedin(clientOf(values)),
});
