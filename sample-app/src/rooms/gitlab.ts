import { gitlab } from 'nest-auth-plug/strategies/gitlab';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const gitlabRoom = providerRoom({
  name: 'gitlab',
  label: 'GitLab',
  variables: CLIENT,
  make: (values) => gitlab(clientOf(values)),
});
