import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, type MailedApp } from '../../rooms/mailed-app.js';
import { compareWork, expectAlike, noteAnswers, recording, type Work } from '../../security/recording.js';
import { linkApp, linkFor, redeem, REQUEST } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('the work for a mailed link on %s', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function arrive(registration: 'open' | 'closed'): Promise<Work> {
    const work: Work = [];
    app = await linkApp({ platform, link: { registration }, dataLayer: recording(memoryDataLayer(), work) });
    noteAnswers(app, work);
    await addUser(app);
    await app.service.disable(await addUser(app, 'disabled@example.com'));
    return work;
  }

  it.each(['open', 'closed'] as const)(
    '[ASVS 6.3.8] is the same sequence until the answer, with an account and without, where registration is %s',
    async (registration) => {
      const work = await arrive(registration);
      const browser = app.client();
      const request = (email: string) => browser.post(REQUEST, { json: { email } });

      const ways = await compareWork(app, work, {
        known: () => request(ADA),
        unknown: (round) => request(`nobody-${round}@example.com`),
        disabled: () => request('disabled@example.com'),
      });

      expectAlike(ways, 0);
      expect(ways[0]?.[0]).toMatch(/increment limits/);
      expect(ways[0]?.[0]).not.toMatch(/users|tokens|subjects/);
    },
  );

  it('[ASVS 6.3.8] is the same sequence for made-up and for forged links, and asks nothing of the store', async () => {
    const work = await arrive('closed');
    const token = await linkFor(app, ADA);
    const forged = (round: number) => `${token.slice(0, -8)}${String(round).padStart(8, 'A')}`;

    const ways = await compareWork(app, work, {
      made: (round) => redeem(app.client(), `made-up-${round}`),
      forged: (round) => redeem(app.client(), forged(round)),
    });

    expectAlike(ways, 0);
    expect(ways[0]?.[0]).not.toMatch(/users|tokens|subjects/);
  });
});
