import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Strategy } from 'nest-auth-plug';
import { fakeProvider, strategyContract, type FakeProvider, type Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../rooms/mailed-app.js';

/** Every check of the contract of strategies, on both platforms. @param request the path of its phase `request` */
export function describeContract(
  name: string,
  request: string,
  strategyAt: (provider: FakeProvider) => Strategy<Addressee>,
): void {
  describe.each<Platform>(['express', 'fastify'])(`${name} on %s`, (platform) => {
    let provider: FakeProvider;
    beforeAll(async () => {
      provider = await fakeProvider();
    });
    afterAll(() => provider.close());

    const { checks } = strategyContract<Addressee>({
      platform,
      strategy: () => strategyAt(provider),
      resource: { fields: { name: 'text' } },
      phase: 'callback',
      async input(_app, browser) {
        const { headers } = await browser.get(request);
        const { parameters } = provider.visit(headers.get('location') ?? '');
        return { ...parameters, reposted: '1' }; // as our own page sends it once more, so that a refusal is one
      },
      oneTime: true,
      alike: [], // nothing names an account
    });

    it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
  });
}
