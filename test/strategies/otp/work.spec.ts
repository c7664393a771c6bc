import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, ask, type MailedApp } from '../../rooms/mailed-app.js';
import { compareWork, expectAlike, noteAnswers, recording, type Work } from '../../security/recording.js';
import { codeApp, enter, REQUEST, WRONG } from './setup.js';

const DISABLED = 'disabled@example.com';

describe.each<Platform>(['express', 'fastify'])('the work for a mailed code on %s', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function arrive(registration: 'open' | 'closed'): Promise<Work> {
    const work: Work = [];
    app = await codeApp({ platform, code: { registration }, dataLayer: recording(memoryDataLayer(), work) });
    noteAnswers(app, work);
    await addUser(app);
    await app.service.disable(await addUser(app, DISABLED));
    return work;
  }

  it.each(['open', 'closed'] as const)(
    '[ASVS 6.3.8] is the same sequence until a request is answered, with an account and without, where registration is %s',
    async (registration) => {
      const work = await arrive(registration);
      const browser = app.client();
      const request = (email: string) => browser.post(REQUEST, { json: { email } });

      const ways = await compareWork(app, work, {
        known: () => request(ADA),
        unknown: (round) => request(`nobody-${round}@example.com`),
        disabled: () => request(DISABLED),
      });

      expectAlike(ways, 0);
      expect(ways[0]?.[0]).toMatch(/increment limits/);
      expect(ways[0]?.[0]).not.toMatch(/users|tokens|subjects/);
    },
  );

  it('[ASVS 6.3.8] is the same sequence for a wrong code, with an account, without and with a disabled one', async () => {
    const work = await arrive('closed');
    const guess = async (email: string) => {
      const browser = app.client();
      await ask(app, browser, REQUEST, email);
      work.length = 0;
      await enter(browser, WRONG);
    };

    const ways = await compareWork(app, work, {
      known: () => guess(ADA),
      unknown: (round) => guess(`nobody-${round}@example.com`),
      disabled: () => guess(DISABLED),
    });

    expectAlike(ways, 0);
    expect(ways[0]?.[0]).toMatch(/findOne tokens[^]*findOne users[^]*findOne users/);
  });
});
