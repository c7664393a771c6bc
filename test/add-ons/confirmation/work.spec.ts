import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Platform } from 'nest-auth-plug/testing';
import { compareWork, expectAlike, noteAnswers, recording, type Work } from '../../security/recording.js';
import { ADA, NO_LIMITS, register } from '../../security/visit.js';
import { BEA, confirm, confirmingVisit, linkTo, resend, type Confirming } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('the work for another link, on %s,', (platform) => {
  let at: Confirming;
  afterEach(() => at.app.close());

  it('[ASVS 6.3.8] is the same sequence until the answer, for an address that is confirmed, one that waits and one of nobody', async () => {
    const work: Work = [];
    const dataLayer = recording(memoryDataLayer(), work);
    at = await confirmingVisit(platform, { dataLayer, resource: { limits: NO_LIMITS } });
    const { app } = at;
    noteAnswers(app, work);
    for (const email of [ADA, BEA]) await register(app.client(), email);
    await confirm(app.client(), await linkTo(at, BEA));
    const browser = app.client();

    const ways = await compareWork(app, work, {
      waiting: () => resend(browser),
      confirmed: () => resend(browser, BEA),
      nobody: (round) => resend(browser, `nobody-${round}@example.com`),
    });

    expectAlike(ways, 0);
    expect(ways[0]?.[0]).toMatch(/increment limits/);
    expect(ways[0]?.[0]).not.toMatch(/users|tokens|subjects/);
  });
});
