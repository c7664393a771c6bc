import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    'passkey-added': 'The passkey is added. You are signed out everywhere else.',
    'passkey-renamed': 'The passkey has its new name.',
    'passkey-removed': 'The passkey is removed. It signs nobody in any more.',
  },
  problems: {
    ERR_LAST_WAY_IN: 'This is the only way in that you have: add another first.',
  },
};
