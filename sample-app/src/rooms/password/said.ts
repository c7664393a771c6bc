import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    registered: 'A mail is on its way to this address. Do what it says, then sign in.',
    'reset-requested':
      'If there is an account with this address, a mail with a link is on its way. The link works for 30 minutes.',
    'password-reset': 'Your new password is set. Sign in with it.',
    'password-changed': 'Your password is changed. All your other devices are signed out.',
  },
  problems: {
    ERR_AUTHENTICATION_FAILED: 'This address and this password do not belong together.',
  },
};
