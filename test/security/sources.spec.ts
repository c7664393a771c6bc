import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { Outbox } from 'nest-auth-plug/testing';

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
    // What others ask for is not ours to choose: codes of authenticator apps, hashes of other apps, until their users sign in, and an API's digest of 20 bits.
    const foreign = [
      "lib/breach-checks/pwned-passwords/pwned-passwords.check.ts: createHash('sha1'",
      "lib/hash-providers/firebase/firebase.hashes.ts: createCipheriv('aes-256-ctr'",
      "lib/strategies/totp/totp.codes.ts: createHmac('sha1'", // RFC 6238 §1.2: what authenticator apps know
    ];
    const primitives = new Set(
      calls.filter((call) => !foreign.includes(call)).map((call) => call.replace(/^\S+ /, '')),
    );

    const isThere = (call: string) => existsSync(call.replace(/:.*/s, ''));
    expect(calls).toEqual(expect.arrayContaining(foreign.filter(isThere)));
    expect([...primitives].toSorted()).toEqual([
      "createCipheriv('aes-256-gcm'",
      "createDecipheriv('aes-256-gcm'",
      "createHash('sha256'",
      "createHmac('sha256'",
      "hkdfSync('sha256'",
    ]);
    const weak = found(/\b(Math\.random|createCipher\(|randomUUID\b|pseudoRandomBytes)/g);
    // Adapters space out their retries by chance, and make keys for rows as databases do.
    const named = weak.filter((use) => !use.startsWith('lib/adapters/') && !use.startsWith('lib/testing/'));
    expect([...new Set(named)]).toEqual(['lib/resources/key.ts: randomUUID']); // the key of a new account: a name, no secret
  });

  it('[ASVS 11.1.2] use node:crypto in no file that the inventory does not name', () => {
    const page = readFileSync('docs/security.md', 'utf8');
    const users = sources.filter(({ text }) => /^import (?!type).*'node:crypto'/m.test(text)).map(({ name }) => name);

    expect(users.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('[ASVS 11.2.4] compare secrets and their digests in constant time, or look them up', () => {
    const compared = found(/\b(\w*(?:[hH]ash|[dD]igest|[sS]ignature|[mM]ac|[sS]ecret|[tT]oken)\w* [!=]== \w+)/g);
    const harmless = /(?:null|undefined|'\w*')$/;

    // The row was looked up by it: what is compared again is which row came, after a collation had its say.
    expect(compared.filter((one) => !harmless.test(one))).toEqual([
      'lib/sessions/stored-sign-ins.ts: handleHash === handleHash',
    ]);
    expect(found(/\b(timingSafeEqual)\(/g).map((one) => one.split(':')[0])).toEqual(
      expect.arrayContaining(['lib/crypto/digest.ts', 'lib/tokens/algorithm.ts']),
    );
  });

  it('[ASVS 13.1.1] call nobody but what an app asks for, by one HTTP client and no socket', () => {
    // What a browser is given asks the app that it is of.
    const inBrowsers = /^lib\/strategies\/webauthn\/(?:client\/passkeys|webauthn\.script)\.ts: /;
    expect(found(/\b(fetch\()/g).filter((call) => !inBrowsers.test(call))).toEqual([
      'lib/breach-checks/pwned-passwords/pwned-passwords.check.ts: fetch(',
    ]);
    // Providers of OAuth: what is connected to is the address that was looked at, and not what a name says a moment later.
    const isOfProviders = /^lib\/strategies\/oauth2\/provider-calls\.ts: /;
    const modules = found(/^import (?!type)(.* from 'node:(?:https?|http2|net|tls|dgram|dns)')/gm);
    expect(modules.filter((use) => !isOfProviders.test(use))).toEqual([
      // Each looks at a text.
      "lib/contexts/http-answer.ts: { validateHeaderValue, type ServerResponse } from 'node:http'",
      "lib/network/address-key.ts: { isIP, SocketAddress } from 'node:net'",
      "lib/network/private-address.ts: { BlockList, isIP } from 'node:net'",
    ]);
    expect(found(/\b(createConnection|new Socket|new WebSocket|XMLHttpRequest)\b/g)).toEqual([
      'lib/adapters/sql/mariadb/mariadb.dialect.ts: createConnection', // the driver's
    ]);
  });
});

describe('what is asked of people', () => {
  it('[ASVS 6.4.2] holds no hint and no secret question', () => {
    const strategy = password<{ id: string; email: string }>({
      identityField: 'email',
      resettable: { sender: new Outbox(), page: '/reset' },
      signInTokens: {},
    });
    const fields = strategy.phases.flatMap((phase) => Object.keys(phase.fields));

    expect([...new Set(fields)].toSorted()).toEqual([
      'currentPassword',
      'email',
      'password',
      'passwordConfirmation',
      'resetToken',
      'token',
    ]);
  });
});

const LIFETIME_SECONDS = 100 * 365 * 24 * 60 * 60;

function periodOf(windowSeconds: number): string {
  return windowSeconds >= LIFETIME_SECONDS ? 'all' : `${windowSeconds} s`;
}

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
      const words = rules.map(({ limit, windowSeconds }) => `${limit} in ${periodOf(windowSeconds)}`).join(', ');
      expect([name, rows.get(name)]).toEqual([name, words]);
    }
  });
});
