import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Client, type Platform } from 'nest-auth-plug/testing';
import { createApp } from '../../sample-app/src/create-app.js';
import { inOneLine } from '../../sample-app/src/start-errors.js';
import { ProviderCalls } from '../../lib/strategies/oauth2/provider-calls.js';
import { environment, providers } from './oauth2.environment.js';
import { sampleSettings, startSample, type Sample } from './start-sample.js';

const WELL_KNOWN = '/.well-known/openid-configuration';
/** Says what each provider says of itself, so that nothing goes out. Two of them spell themselves in ways of their own. */
function withoutNetwork() {
  return jest.spyOn(ProviderCalls.prototype, 'send').mockImplementation((address) => {
    const base = address.slice(0, -WELL_KNOWN.length);
    const issuer = base.replace('/common/', '/{tenantid}/') + (base.includes('auth0') ? '/' : '');
    const [authorization_endpoint, token_endpoint, jwks_uri] = ['a', 't', 'k'].map((path) => `${base}/${path}`);
    return Promise.resolve(Response.json({ issuer, authorization_endpoint, token_endpoint, jwks_uri }));
  });
}

describe.each<Platform>(['express', 'fastify'])('real providers in the sample app, on %s,', (platform) => {
  let sample: Sample | null = null;
  afterEach(async () => {
    await sample?.close();
    jest.restoreAllMocks();
  });

  it('[RFC 9700 §2.1] have a button each where their variables are set, which leads there and from there back here', async () => {
    const send = withoutNetwork();
    sample = await startSample(platform, undefined, { variables: environment() });
    const client = new Client(sample.url);
    const { text } = await client.get('/sign-in?returnTo=/devices');

    for (const { name, label } of providers) {
      const [, href = ''] = new RegExp(`<a href="([^"]+)">Sign in with ${label}</a>`).exec(text) ?? [];
      expect(href).toBe(`/auth/user/${name}?returnTo=%2Fdevices`);
      const { status, headers } = await client.get(href, { headers: { accept: 'text/html' } });
      const to = new URL(headers.get('location') ?? '');
      expect([name, status, to.protocol, to.hostname]).toEqual([name, 303, 'https:', expect.stringContaining(name)]);
      expect(Object.fromEntries(to.searchParams)).toMatchObject({
        client_id: `the ${name.toUpperCase()}_CLIENT_ID of ${name}`,
        redirect_uri: `${sample.url}/auth/user/${name}/callback`,
      });
    }
    expect(send.mock.calls.filter(([address]) => !address.endsWith(WELL_KNOWN))).toEqual([]);
  });

  it('are not there where nothing is set', async () => {
    sample = await startSample(platform);
    const client = new Client(sample.url);
    const { text } = await client.get('/sign-in');

    expect(text).toContain('Sign in with Local ID');
    expect(providers.filter(({ label }) => text.includes(`Sign in with ${label}`))).toEqual([]);
    for (const { name } of providers) expect(await client.get(`/auth/user/${name}`)).toMatchObject({ status: 404 });
  });
});

describe('a variable of a provider that is missing', () => {
  const all = providers.flatMap(({ variables }) => variables.map((variable) => [variable, variables] as const));

  it.each(all)('is named at the start, where others are set: %s', async (variable, variables) => {
    const { settings, forget } = await sampleSettings({ variables: { ...environment(), [variable]: '' } });
    const refusal = await createApp(settings, { logger: false }).then(String, inOneLine);
    await forget();

    expect(refusal).toBe(`${variable}: not set. Set all of ${variables.join(', ')}, or none`);
  });

  it('stands in the README', () => {
    const readme = readFileSync('README.md', 'utf8');

    expect(all.map(([variable]) => variable).filter((variable) => !readme.includes(variable))).toEqual([]);
  });
});
