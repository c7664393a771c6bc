import { discord } from 'nest-auth-plug/strategies/discord';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const discordRoom = providerRoom({
  name: 'discord',
  label: 'Discord',
  variables: CLIENT,
  make: (values) => discord(clientOf(values)),
});
