import { slack } from 'nest-auth-plug/strategies/slack';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const slackRoom = providerRoom({
  name: 'slack',
  label: 'Slack',
  variables: CLIENT,
  make: (values) => slack(clientOf(values)),
});
