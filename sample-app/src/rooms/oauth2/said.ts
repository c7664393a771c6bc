import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    linked: 'It is linked: you can sign in with it from now on.',
    unlinked: 'It is not linked any more.',
  },
  problems: {
    ERR_LAST_WAY_IN: 'You could not sign in any more without it: set a password first.',
    ERR_PROVIDER_FAILED: 'The provider did not answer. Please try again.',
  },
};
