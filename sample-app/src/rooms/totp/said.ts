import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    'authenticator-on': 'Your app is set up: signing in takes one of its codes from now on.',
    'authenticator-off': 'Your app is not asked for any more.',
  },
  problems: {
    ERR_AUTHENTICATION_FAILED: 'This code is wrong, too old, or was used before. Wait for the next one.',
  },
};
