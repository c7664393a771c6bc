import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource, type Strategy } from 'nest-auth-plug';
import { webauthn, type WebauthnSettings } from 'nest-auth-plug/strategies/webauthn';
import { ddlFor } from 'nest-auth-plug/adapters/sql';
import { libraryProblems } from '../../../lib/strategies/webauthn/webauthn.library.js';
import { resolveWebauthnOptions } from '../../../lib/strategies/webauthn/webauthn.options.js';
import type { User } from './passkeys-app.js';

type Options = WebauthnSettings & {
  readonly identityField?: 'email' | 'orgId';
  readonly addressField?: 'email' | 'orgId';
};
const passkeysWith = (options: Options = {}): Strategy<User> => webauthn<User>(options);
const trustAnchors = ['-----BEGIN CERTIFICATE-----'];

describe('the options of webauthn', () => {
  it('have these defaults', () => {
    expect(resolveWebauthnOptions({})).toEqual({
      name: 'webauthn',
      rpName: undefined,
      rpId: undefined,
      origins: undefined,
      identityField: 'email',
      identity: 'email',
      addressField: 'email',
      registration: 'closed',
      uses: ['sign-in', 'second-factor'],
      userVerification: 'required',
      algorithms: ['ES256', 'EdDSA', 'RS256'],
      challengeLifetimeSeconds: 300,
      challengeBoundTo: 'browser',
      maxPerSubject: 20,
      onCounterRegression: 'refuse',
      attestation: undefined,
      sender: undefined,
      routes: {},
    });
    expect(resolveWebauthnOptions({ identityField: 'phone' })).toMatchObject({
      identity: 'username',
      addressField: 'phone',
    });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/webauthn.md', 'utf8');
    for (const [name, value] of Object.entries(resolveWebauthnOptions({}))) {
      expect(page).toMatch(`\n| \`${name}\``);
      if (typeof value === 'number') expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\| \`${value}\` `));
    }
  });

  it.each<Options>([
    { challengeLifetimeSeconds: 301 },
    { challengeLifetimeSeconds: 0 },
    { challengeLifetimeSeconds: 1.5 },
    { maxPerSubject: 101 },
    { maxPerSubject: 0 },
    { registration: 'immediate' as 'open' },
    { registration: 'open', uses: ['second-factor'] },
    { uses: [] },
    { uses: ['sign-in', 'sign-in'] },
    { uses: ['verify' as 'sign-in'] },
    { algorithms: [] },
    { algorithms: ['ES384' as 'ES256'] },
    { userVerification: 'yes' as 'required' },
    { challengeBoundTo: 'nobody' as 'holder' },
    { onCounterRegression: 'ignore' as 'flag' },
    { rpId: 'https://app.example' },
    { rpId: 'app.example/x' },
    { rpId: 'app.example:443' },
    { rpId: 'App.example' },
    { rpId: '127.0.0.1' },
    { rpId: '' },
    { origins: [] },
    { origins: ['https://app.example/'] },
    { origins: ['app.example'] },
    { origins: ['https://APP.example'] },
    { origins: ['android:apk-key-hash:short'] },
    { attestation: { trustAnchors: [] } },
  ])('refuse %j at the call', (options) => {
    expect(() => passkeysWith(options)).toThrow(RangeError);
  });

  it('[ASVS 6.7.1] cannot be changed while the app runs', () => {
    const mine = [...trustAnchors];
    const { attestation } = resolveWebauthnOptions({ attestation: { trustAnchors: mine } });
    mine.push('another');

    expect(attestation?.trustAnchors).toEqual(trustAnchors);
    expect(Object.isFrozen(attestation) && Object.isFrozen(attestation?.trustAnchors)).toBe(true);
  });
});

describe('at boot, webauthn', () => {
  const problemsOf = async (options: Options, fields: object = { email: 'email' }) => {
    const strategy = passkeysWith(options);
    const resource = defineResource<User>({ subjectName: 'user', table: 'users', fields, strategies: [strategy] });
    return (await strategy.check?.({ ...resource, fields: resource.fieldKinds }))?.map(({ where }) => where);
  };

  it('brings no column of the users but where it makes accounts', () => {
    expect(passkeysWith()).toMatchObject({ columns: {}, registers: undefined });
    expect(passkeysWith({ registration: 'open' })).toMatchObject({
      columns: { email: { type: 'text', private: false, unique: true, kind: 'email' } },
      registers: ['email'],
    });
  });

  it('has these phases, and counts this as guesses', () => {
    const lines = (options: Options = {}) =>
      passkeysWith(options).phases.map(
        ({ name, methods, actor, guess }) => `${name} ${methods.join()} ${actor} ${guess}`,
      );
    const signIn = ['sign-in-options POST anyone undefined', 'sign-in POST anyone secret'];
    const second = ['second-factor-options POST pending undefined', 'second-factor POST pending secret'];
    const signUp = ['sign-up-options POST anyone undefined', 'sign-up POST anyone secret'];
    const rest = [
      'verify-options POST user undefined',
      'verify POST user secret',
      'registration-options POST fresh-user undefined',
      'register POST fresh-user undefined',
      'list GET user undefined',
      'rename POST user undefined',
      'remove POST fresh-user undefined',
      'script GET anyone undefined',
    ];

    expect(lines()).toEqual([...signIn, ...second, ...rest]);
    expect(lines({ registration: 'open' })).toEqual([...signIn, ...signUp, ...second, ...rest]);
    expect(lines({ uses: ['sign-in'] })).toEqual([...signIn, ...rest]);
    expect(lines({ uses: ['second-factor'] })).toEqual([...second, ...rest]);
  });

  it.each<[string, Options, object, readonly string[]]>([
    ['nothing where all is well', {}, { email: 'email' }, []],
    ['a name that no user has', {}, { orgId: 'text' }, ['identityField', 'addressField']],
    ['an identity without one spelling', { registration: 'open' }, { email: 'text' }, ['identityField']],
    ['an address that no user has', { addressField: 'orgId' }, { email: 'email' }, ['addressField']],
  ])('names %s', async (_, options, fields, where) => {
    expect(await problemsOf(options, fields)).toEqual(
      where.map((what) => `resources.user.strategies.webauthn.${what}`),
    );
  });

  it('says what to install', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));

    expect(await libraryProblems('here', missing)).toEqual([
      {
        where: 'here',
        wrong: 'the package "@simplewebauthn/server" cannot be loaded',
        cure: 'npm install @simplewebauthn/server',
      },
    ]);
  });

  it.each(['sqlite', 'postgres', 'mariadb'] as const)(
    'has its tables for %s, with the indexes of its look-ups',
    (dialect) => {
      const ddl = ddlFor(dialect, passkeysWith().models ?? []);

      expect(ddl).toMatch(/create table if not exists ["`]webauthn_credentials["`]/);
      expect(ddl).toMatch(/create table if not exists ["`]webauthn_user_handles["`]/);
      expect(ddl).toMatch(/primary key \(["`]id["`]\)/);
      expect(ddl).toMatch(/\(["`]tenant["`], ["`]subject["`]\)/);
      expect(ddl).toMatch(/primary key \(["`]tenant["`], ["`]subject["`], ["`]audience["`]\)/);
    },
  );
});
