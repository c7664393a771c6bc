import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';

const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('testing/'))
  .map((name) => ({ name: `lib/${name}`, text: withoutComments(readFileSync(`lib/${name}`, 'utf8')) }));

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** What a pattern's first group finds in the sources, as `file: found`. */
function found(pattern: RegExp): readonly string[] {
  return sources.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([, what = '']) => `${name}: ${what}`));
}

/** The first two cells of each row of the tables in a page. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  const rows = [...readFileSync(page, 'utf8').matchAll(/^\| `([\w.]+)` *\| ([^|]+?) *\|/gm)];
  return new Map(rows.map(([, name = '', value = '']) => [name, value]));
}

describe('the sources', () => {
  it('[ASVS 11.2.1, 11.3.1, 11.3.2, 11.4.1, 11.4.3] know SHA-256, HMAC, HKDF and AES-256-GCM, and no other primitive', () => {
    const calls = found(/\b(create(?:Hash|Hmac|Cipheriv|Decipheriv|Sign|Verify)\('[^']*'|hkdfSync\('[^']*')/g);
    const primitives = new Set(calls.map((call) => call.replace(/^\S+ /, '')));

    expect([...primitives].toSorted()).toEqual([
      "createCipheriv('aes-256-gcm'",
      "createDecipheriv('aes-256-gcm'",
      "createHash('sha256'",
      "createHmac('sha256'",
      "hkdfSync('sha256'",
    ]);
    const weak = found(/\b(Math\.random|createCipher\(|randomUUID\(\)|pseudoRandomBytes)/g);
    expect(weak.filter((use) => !/^lib\/adapters\/.*Math\.random$/.test(use))).toEqual([
      'lib/sessions/accounts.ts: randomUUID()', // the key of a new account: a name, no secret
    ]); // adapters space out their retries by chance
  });

  it('[ASVS 11.1.2] use node:crypto in no file that the inventory does not name', () => {
    const page = readFileSync('docs/security.md', 'utf8');
    const users = sources.filter(({ text }) => /^import (?!type).*'node:crypto'/m.test(text)).map(({ name }) => name);

    expect(users.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('[ASVS 13.1.1] call nobody: no HTTP client and no socket of their own', () => {
    expect(found(/\b(fetch\(|'node:(?:https?|http2|tls|dgram|dns)')/g)).toEqual([]);
    expect(found(/\b(createConnection|new Socket|new WebSocket|XMLHttpRequest)\b/g)).toEqual([]);
  });
});

describe('the defaults', () => {
  const { limits, sessions } = defineResource<{ id: string }>({ subjectName: 'user', table: 'users', strategies: [] });

  it('[ASVS 7.1.1] of sign-ins stand in their page', () => {
    const rows = rowsOf('docs/sign-ins.md');

    for (const [name, value] of Object.entries(sessions))
      expect([name, rows.get(name)]).toEqual([name, `\`${value}\``]);
  });

  it('[ASVS 6.1.1, 2.1.1, 2.1.3] of limits stand in their page', () => {
    const rows = rowsOf('docs/limits.md');

    for (const [name, rules] of Object.entries(limits) as [string, typeof limits.guessesPerIdentity][]) {
      const words = rules.map(({ limit, windowSeconds }) => `${limit} in ${windowSeconds} s`).join(', ');
      expect([name, rows.get(name)]).toEqual([name, words]);
    }
  });
});
