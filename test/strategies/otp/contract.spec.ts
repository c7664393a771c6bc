import { describe, it } from '@jest/globals';
import { otp } from 'nest-auth-plug/strategies/otp';
import { Outbox, strategyContract, type Platform } from 'nest-auth-plug/testing';
import { ADA, ask, NEW, type Addressee } from '../../rooms/mailed-app.js';
import { flowIn, REQUEST, WRONG } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('otp on %s', (platform) => {
  const outbox = new Outbox();
  const { checks } = strategyContract<Addressee>({
    platform,
    strategy: () => otp<Addressee>({ sender: outbox, registration: 'open' }),
    resource: { fields: { name: 'text' } },
    accounts: [{ id: '1', email: ADA }],
    phase: 'sign-in',
    async input(app) {
      const flow = flowIn(await ask(app, app.client(), REQUEST, NEW));
      return { otp: outbox.last(NEW).code ?? '', flow };
    },
    oneTime: true,
    // Each answer of `request` has a flow of its own: what of it is alike, `visits.spec.ts` and `work.spec.ts` say.
    alike: [{ phase: 'sign-in', known: { otp: WRONG, email: ADA }, unknown: { otp: WRONG, email: NEW } }],
  });

  it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
});
