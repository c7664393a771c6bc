import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: {
    'address-mailed': 'If an account waits for this address to be confirmed, a mail with a link is on its way.',
    'address-asked': 'A mail with a link is on its way to the new address. Until you confirm it you have the old one.',
  },
};
