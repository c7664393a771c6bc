import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: { 'key-revoked': 'The key is revoked. Nothing opens by it any more.' },
};
