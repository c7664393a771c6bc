import type { Said } from '../../pages/problems.js';

export const SAID: Said = {
  notices: { 'recovery-code-used': 'You are signed in. That code is used up: cross it out.' },
};
