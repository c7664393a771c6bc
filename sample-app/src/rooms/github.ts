import { github } from 'nest-auth-plug/strategies/github';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const githubRoom = providerRoom({
  name: 'github',
  label: 'GitHub',
  variables: CLIENT,
  make: (values) => github(clientOf(values)),
});
