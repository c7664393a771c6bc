import { apple } from 'nest-auth-plug/strategies/apple';
import { ACCOUNTS, providerRoom } from './oauth2/provider-room.js';

export const appleRoom = providerRoom({
  name: 'apple',
  label: 'Apple',
  variables: ['CLIENT_ID', 'TEAM_ID', 'KEY_ID', 'KEY'],
  make: ({ CLIENT_ID: clientId, TEAM_ID: teamId, KEY_ID: keyId, KEY: key }) =>
    apple({ clientId, teamId, keyId, key, ...ACCOUNTS }),
});
