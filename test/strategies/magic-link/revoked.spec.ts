import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subject } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, ask, NEW, refusal, whoIsIn, type MailedApp } from '../../rooms/mailed-app.js';
import { linkApp, linkFor, redeem, REFUSED, REQUEST, type LinkAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a link that is out in the world, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function visit(options: LinkAppOptions = {}) {
    app = await linkApp({ platform, ...options });
    const subject = await addUser(app);
    return { browser: app.client(), subject, token: await linkFor(app, ADA) };
  }

  it('[ASVS 6.3.4] [ASVS 7.4.2] is void where the account was disabled since, also once it is enabled again', async () => {
    const { browser, subject, token } = await visit();

    await app.service.disable(subject);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await ask(app, browser, REQUEST)).toMatchObject({ status: 200 });
    expect(app.outbox.messages).toHaveLength(1);
    await app.service.enable(subject);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await redeem(browser, await linkFor(app, ADA))).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.4.2] is void where the account was deleted, whoever has its key or its address by now', async () => {
    const { browser, subject, token } = await visit();

    await app.service.deleteUser(subject);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    await addUser(app);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
  });

  it('[ASVS 7.4.1] is void where everything was signed out', async () => {
    const { browser, subject, token } = await visit();

    await app.service.endSignIns(subject, 'all');

    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
  });

  it('[ASVS 7.4.1] is void where it was about nobody, and everything was signed out of the account that was made since', async () => {
    const { browser } = await visit({ link: { registration: 'open' } });
    const token = await linkFor(app, NEW);
    const subject = await addUser(app, NEW);

    await app.service.endSignIns(subject, 'all');

    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await redeem(browser, await linkFor(app, NEW))).toMatchObject({ status: 200 });
  });

  it.each([
    ['by the app', (subject: Subject) => app.service.changeUser(subject, { email: NEW })],
    ['behind our back', () => app.data.update(app.users.model, { email: ADA }, { email: NEW })],
  ])('[PRJ] is void where the address was changed %s, also for whoever has it by now', async (_, change) => {
    const { browser, subject, token } = await visit();

    await change(subject);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    await app.data.insert(app.users.model, { id: 'another', email: ADA, name: null });
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await whoIsIn(browser)).toBeNull();
  });

  it('is kept where its owner may not sign in, and works once that is over', async () => {
    let may = false;
    const { browser, token } = await visit({ user: { maySignIn: () => may } });

    expect(await redeem(browser, token)).toMatchObject({ status: 401, setCookies: [] });
    may = true;
    expect(await redeem(browser, token)).toMatchObject({ status: 200 });
  });
});
