import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    'no-organisation': 'Nobody has connected this organisation. Sign in otherwise.',
    connected: 'It is connected: its people can sign in.',
    disabled: 'Its people cannot sign in any more. Who is in stays in.',
    enabled: 'Its people can sign in again.',
    removed: 'It is gone. Its people are signed out.',
  },
  problems: {
    ERR_AUTHENTICATION_FAILED: 'Your organisation does not let you in here, or not any more.',
    ERR_PROVIDER_FAILED: 'Your organisation did not answer. Please try again.',
  },
};
