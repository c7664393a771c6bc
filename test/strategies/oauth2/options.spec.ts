import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { defineResource, Secret, type Problem } from 'nest-auth-plug';
import { oauth2, type OAuth2Settings } from 'nest-auth-plug/strategies/oauth2';
import { resolveOAuth2Options } from '../../../lib/strategies/oauth2/oauth2.options.js';
import { libraryProblems } from '../../../lib/strategies/oauth2/oauth.library.js';
import { confirming } from '../../rooms/confirming.js';
import type { Addressee } from '../../rooms/mailed-app.js';

const told = {
  clientId: 'my-app',
  clientSecret: 'hush-hush',
  authorizationEndpoint: 'https://acme.example/authorize',
  tokenEndpoint: 'https://acme.example/token',
  userInfo: 'https://acme.example/me',
} as const;
type Options = Partial<OAuth2Settings<Addressee>>;
const sender = { send: () => undefined };
const NO_KEY = { pem: '-----BEGIN PRIVATE KEY-----', algorithm: 'ES256' };

describe('the options of oauth2', () => {
  it('have these defaults', () => {
    const { common, endpoints } = resolveOAuth2Options<Addressee>(told);

    expect(common).toEqual({
      name: 'oauth2',
      label: 'oauth2',
      clientId: 'my-app',
      clientAuthentication: 'basic',
      clientSecret: new Secret('hush-hush'),
      privateKey: undefined,
      authorizationParams: {},
      registration: 'closed',
      identityField: 'email',
      identity: 'email',
      profile: { email: 'email' },
      trustEmailVerified: false,
      onEmailMatch: 'reject',
      sender: undefined,
      keepTokens: false,
      calls: { timeoutSeconds: 5, maxBytes: 262_144, allowHttpOnLoopback: false, refusePrivateAddresses: false },
      usesPkce: true,
      routes: {},
    });
    const { clientId: _, clientSecret: __, ...urls } = told;
    const defaults = { uid: 'sub', scope: undefined, issuer: undefined, requireIssuer: false, namespace: 'oauth2' };
    expect(endpoints).toEqual({ ...urls, ...defaults });
    expect(resolveOAuth2Options<Addressee>({ ...told, issuer: 'https://acme.example' }).endpoints.namespace).toBe(
      'https://acme.example',
    );
  });

  it('stand in the docs, each of them', () => {
    const page = readFileSync('docs/strategies/oauth2.md', 'utf8');
    const { common, endpoints } = resolveOAuth2Options<Addressee>(told);
    const { usesPkce: _, ...others } = common;
    for (const name of [...Object.keys({ ...others, ...endpoints }), 'dangerouslyWithoutPkce']) {
      expect(page).toMatch(`\n| \`${name}\``);
    }
    for (const name of Object.keys(common.calls)) expect(page).toContain(`\`${name}\``);
  });

  it('[ASVS 16.2.5] print no secret', () => {
    const privateKey = { pem: 'hush-hush', algorithm: 'ES256' };

    expect(inspect(resolveOAuth2Options<Addressee>({ ...told, privateKey }), { depth: 9 })).not.toContain('hush');
  });

  it.each<Options>([
    { name: 'Acme' },
    { clientAuthentication: 'secret' as 'basic' },
    { registration: 'immediate' as 'open' },
    { onEmailMatch: 'trust' as 'reject' },
    { authorizationEndpoint: 'http://acme.example/authorize' },
    { authorizationEndpoint: 'http://127.0.0.1/authorize' },
    { authorizationEndpoint: 'javascript:alert(1)' },
    { tokenEndpoint: 'http://localhost/token' },
    { tokenEndpoint: 'https://me:pass@acme.example/token' },
    { userInfo: 'acme.example/me' },
    { authorizationParams: { redirect_uri: 'https://evil.example' } },
    { authorizationParams: { state: 'fixed' } },
    { authorizationParams: { code_challenge_method: 'plain' } },
    { authorizationParams: { scope: 'all' } },
    { scope: 'read  write' },
    { scope: '"' },
    { uid: '' },
    { namespace: '' },
    { requireIssuer: true },
    { calls: { timeoutSeconds: 0 } },
    { calls: { timeoutSeconds: 31 } },
    { calls: { maxBytes: 0 } },
    { calls: { maxBytes: Number.NaN } },
  ])('[RFC 9700 §4.11] [ASVS 12.3.1] refuse %j at the call', (options) => {
    expect(() => oauth2<Addressee>({ ...told, ...options })).toThrow(RangeError);
  });
});

describe('at boot, oauth2', () => {
  const problemsOf = async (options: Options, isConfirmed = false): Promise<readonly Problem[]> => {
    const strategy = oauth2<Addressee>({ ...told, ...options });
    const addOns = isConfirmed ? [confirming<Addressee>()] : [];
    const resource = defineResource<Addressee>({
      subjectName: 'user',
      table: 'users',
      fields: { name: 'text' },
      strategies: [strategy],
      addOns,
    });
    return (await strategy.check?.({ ...resource, fields: resource.fieldKinds })) ?? [];
  };

  it.each<[string, Options, boolean, readonly string[]]>([
    ['nothing where all is well', {}, false, []],
    ['nothing where the client is public', { clientAuthentication: 'none', clientSecret: undefined }, false, []],
    ['a secret that is not there', { clientSecret: undefined }, false, ['clientSecret']],
    ['a secret that is empty', { clientSecret: '' }, false, ['clientSecret']],
    ['a client without a name', { clientId: '' }, false, ['clientId']],
    ['a key that is not there', { clientAuthentication: 'private_key_jwt' }, false, ['privateKey']],
    ['a key that is none', { clientAuthentication: 'private_key_jwt', privateKey: NO_KEY }, false, ['privateKey']],
    ['a field that nobody has', { profile: { orgId: 'org' } }, false, ['profile']],
    ['the key of users', { profile: { id: 'sub' } }, false, ['profile']],
    ['since when an address is confirmed', { profile: { emailConfirmedAt: 'now' } as never }, true, ['profile']],
    ['a trust that nobody can tell', { trustEmailVerified: true }, false, ['trustEmailVerified']],
    ['a trust that an add-on can tell', { trustEmailVerified: true }, true, []],
    ['links to whom nobody knows', { onEmailMatch: 'confirm', sender }, false, ['onEmailMatch']],
    ['links that nobody sends', { onEmailMatch: 'confirm' }, true, ['sender']],
    ['links to no address', { trustEmailVerified: true, identity: 'username' }, true, ['trustEmailVerified']],
    ['tokens for everybody', { keepTokens: true, routes: { 'provider-token': { enabled: true } } }, false, ['routes']],
  ])('names %s', async (_, options, isConfirmed, where) => {
    const problems = await problemsOf(options, isConfirmed);
    expect(problems.map((one) => one.where)).toEqual(where.map((what) => `resources.user.strategies.oauth2.${what}`));
  });

  it('names a library that is not there', async () => {
    expect(await libraryProblems('here', () => Promise.reject(new Error('gone')))).toMatchObject([{ where: 'here' }]);
    expect(await libraryProblems('here')).toEqual([]);
  });

  it('has these phases', () => {
    const lines = (options: Options = {}) =>
      oauth2<Addressee>({ ...told, ...options }).phases.map(
        ({ name, methods, actor }) => `${name} ${methods.join()} ${actor}`,
      );

    const always = [
      'request GET anyone',
      'callback GET,POST anyone',
      'link POST fresh-user',
      'step-up POST user',
      'list GET user',
      'unlink POST fresh-user',
    ];
    expect(lines()).toEqual(always);
    const mailed = ['link-page GET anyone', 'confirm-link POST anyone'];
    expect(lines({ onEmailMatch: 'confirm', keepTokens: true })).toEqual([
      ...always,
      ...mailed,
      'provider-token POST anyone',
    ]);
  });
});
