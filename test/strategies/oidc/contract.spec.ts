import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { oidc } from 'nest-auth-plug/strategies/oidc';
import { fakeProvider, strategyContract, type FakeProvider, type Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { atProvider, AUTH } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('oidc on %s', (platform) => {
  let provider: FakeProvider;
  beforeAll(async () => {
    provider = await fakeProvider();
  });
  afterAll(() => provider.close());

  const { checks } = strategyContract<Addressee>({
    platform,
    strategy: () => oidc<Addressee>(atProvider(provider)),
    resource: { fields: { name: 'text' } },
    phase: 'callback',
    async input(_app, browser) {
      const { headers } = await browser.get(AUTH);
      const { parameters } = provider.visit(headers.get('location') ?? '');
      return { ...parameters, reposted: '1' }; // as our own page sends it once more, so that a refusal is one
    },
    oneTime: true,
    alike: [], // nothing names an account
  });

  it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
});
