import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: { 'recovery-code-used': 'That went well. The code is used up: cross it out.' },
};
