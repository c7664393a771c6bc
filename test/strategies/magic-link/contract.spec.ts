import { describe, it } from '@jest/globals';
import { magicLink } from 'nest-auth-plug/strategies/magic-link';
import { Outbox, strategyContract, type Platform } from 'nest-auth-plug/testing';
import { ADA, ask, NEW, type Addressee } from '../../rooms/mailed-app.js';
import { REQUEST } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('magic-link on %s', (platform) => {
  const outbox = new Outbox();
  const { checks } = strategyContract<Addressee>({
    platform,
    strategy: () => magicLink<Addressee>({ sender: outbox, registration: 'open' }),
    resource: { fields: { name: 'text' } },
    accounts: [{ id: '1', email: ADA }],
    phase: 'sign-in',
    async input(app) {
      await ask(app, app.client(), REQUEST, NEW);
      return { token: outbox.last(NEW).link?.searchParams.get('token') ?? '' };
    },
    oneTime: true,
    alike: [
      { phase: 'request', known: { email: ADA }, unknown: { email: NEW } },
      { phase: 'sign-in', known: { token: ADA }, unknown: { token: NEW } },
    ],
  });

  it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
});
