import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, defineResource, type ResourceOptions, type Strategy } from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { totp, type TotpOptions } from 'nest-auth-plug/strategies/totp';
import { authTestApp, Outbox } from 'nest-auth-plug/testing';
import { resolveTotpOptions } from '../../../lib/strategies/totp/totp.options.js';
import { qrProblems } from '../../../lib/strategies/totp/totp.qr.js';
import { PlainHash } from '../../rooms/plain-hash.js';

interface User {
  readonly id: string;
  readonly email: string;
  readonly nick: string;
}
type Options = Partial<TotpOptions<User>>;

const sender = new Outbox();
const defaults = {
  identityField: 'email',
  name: 'totp',
  label: 'Authenticator app',
  setupLifetimeSeconds: 600,
  qr: true,
  signInByCodeAlone: false,
  routes: {},
};

describe('the options of totp', () => {
  it('have these defaults', () => {
    expect(resolveTotpOptions({ issuer: 'Acme' })).toEqual({ issuer: 'Acme', ...defaults, notices: undefined });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/totp.md', 'utf8');

    for (const name of ['issuer', 'notices', 'identityField']) expect(page).toMatch(`\n| \`${name}\``);
    for (const [name, value] of Object.entries(defaults)) {
      if (name === 'identityField') continue; // it depends on the user
      const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
      expect([name, new RegExp(`\\n\\| \`${name}\` +\\| \`([^\`]+)\``).exec(page)?.[1]]).toEqual([name, shown]);
    }
  });

  it('tell the owner at the identity, or where it is said', () => {
    const addressOf = (addressField?: 'email') =>
      resolveTotpOptions<User>({ issuer: 'Acme', identityField: 'nick', notices: { sender, addressField } }).notices;

    expect(addressOf()).toEqual({ sender, addressField: 'nick' });
    expect(addressOf('email')).toEqual({ sender, addressField: 'email' });
  });

  it.each<Options>([
    { issuer: '' },
    { issuer: 'Acme: the app' },
    { issuer: 'A'.repeat(65) },
    { issuer: 'Ac\nme' },
    { name: 'Totp' },
    { label: ' ' },
    { setupLifetimeSeconds: 59 },
    { setupLifetimeSeconds: 3601 },
    { setupLifetimeSeconds: 60.5 },
    { setupLifetimeSeconds: Number.NaN },
  ])('refuse %j', (options) => {
    expect(() => totp<User>({ issuer: 'Acme', ...options } as TotpOptions<User>)).toThrow(RangeError);
  });

  it('make a second step, and a way in only by its long name', async () => {
    const phasesOf = (options: Options) =>
      strategyWith(options).phases.map(({ name, methods, actor, guess }) => [name, methods.join(), actor, guess]);

    expect(phasesOf({})).toEqual([
      ['page', 'GET', 'fresh-user', undefined],
      ['status', 'GET', 'user', undefined],
      ['setup', 'POST', 'fresh-user', undefined],
      ['confirm-setup', 'POST', 'fresh-user', 'secret'],
      ['sign-in', 'POST', 'pending', 'secret'],
      ['verify', 'POST', 'user', 'secret'],
      ['disable', 'POST', 'fresh-user', 'secret'],
    ]);
    expect(phasesOf({ signInByCodeAlone: true })).toContainEqual(['sign-in-alone', 'POST', 'anyone', 'secret']);
  });
});

describe('a boot with totp', () => {
  async function problemsOf(options: Options, more: Partial<ResourceOptions<User>> = {}) {
    const resource = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      ...more,
      strategies: [password({ identityField: 'email', hashProvider: new PlainHash() }), strategyWith(options)],
    });
    try {
      const app = await authTestApp({ resources: [resource] });
      await app.close();
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationInvalid)) throw error;
      return error.problems.map(({ where, wrong }) => [where, wrong]);
    }
  }
  const AT = 'resources.user.strategies.totp';

  it.each<[string, Options, readonly (readonly [string, string])[]]>([
    ['nothing more', {}, []],
    ['notices to the identity', { notices: { sender } }, []],
    [
      'an identity that is no field',
      { identityField: 'nick' },
      [[`${AT}.identityField`, '"nick" is no public field of the user']],
    ],
    [
      'notices to where no field is',
      { notices: { sender, addressField: 'nick' } },
      [[`${AT}.notices.addressField`, '"nick" is no public field of the user']],
    ],
    [
      'a page whose button leads nowhere',
      { routes: { 'confirm-setup': { enabled: false } } },
      [[`${AT}.routes`, 'gives "confirm-setup" no route, which a button of the page posts to']],
    ],
    ['no page and no route', { routes: { page: { enabled: false }, setup: { enabled: false } } }, []],
    ['a code alone', { signInByCodeAlone: true }, []],
    [
      'a code alone, with what has no one spelling',
      { signInByCodeAlone: true, identityField: 'nick' },
      [[`${AT}.identityField`, 'the field "nick" is declared as text, so it has no one spelling']],
    ],
  ])('tells what cannot work: %s', async (_, options, problems) => {
    expect(await problemsOf(options)).toEqual(problems);
  });

  it('takes a code alone with a name that the resource declares', async () => {
    const options = { signInByCodeAlone: true, identityField: 'nick' } as const;

    expect(await problemsOf(options, { fields: { nick: { kind: 'username', nullable: true } } })).toEqual([]);
  });

  it('tells which package draws QR codes, where it is not there', async () => {
    const problems = await qrProblems('here', () => Promise.reject(new Error('Cannot find package')));

    expect(problems).toEqual([
      {
        where: 'here',
        wrong: 'the package "uqr" cannot be loaded, which draws QR codes',
        cure: 'npm install uqr, or write qr: false',
      },
    ]);
    expect(await qrProblems('here')).toEqual([]);
  });
});

function strategyWith(options: Options): Strategy<User> {
  return totp<User>({ issuer: 'Acme', ...options } as TotpOptions<User>); // the parts of a union that are given
}
