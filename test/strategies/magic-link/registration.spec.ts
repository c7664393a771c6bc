import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Platform } from 'nest-auth-plug/testing';
import { temporaryFolder } from '../../adapters/temporary-file.js';
import {
  ADA,
  addresses,
  addUser,
  ask,
  follow,
  NEW,
  press,
  refusal,
  whoIsIn,
  type MailedApp,
} from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { linkApp, linkFor, redeem, REFUSED, REQUEST, type LinkAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('an address without an account, on %s,', (platform) => {
  const folder = temporaryFolder();
  let app: MailedApp;
  afterEach(() => app.close());

  async function visit({ link, ...options }: LinkAppOptions = {}) {
    app = await linkApp({ platform, link: { registration: 'open', ...link }, ...options });
    return app.client();
  }

  it('registers by a link: there is no account until it is used', async () => {
    const browser = await visit();

    expect(await ask(app, browser, REQUEST, 'New@EXAMPLE.com')).toMatchObject({ status: 200, body: {} });
    expect(app.outbox.last(NEW)).toMatchObject({ purpose: 'magic-link', to: NEW, user: null });
    const page = await follow(app, browser, NEW);
    expect(page.text).toContain('n••@example.com');
    expect(await addresses(app)).toEqual([]);

    expect(await press(browser, page)).toMatchObject({ status: 200, body: { user: { email: NEW, name: null } } });
    expect(await whoIsIn(browser)).toBe(NEW);
    expect(await addresses(app)).toEqual([NEW]);
  });

  it('has one account, whoever comes again', async () => {
    const browser = await visit();
    await redeem(browser, await linkFor(app, NEW));
    const again = await linkFor(app, NEW);

    expect(app.outbox.last(NEW)).toMatchObject({ user: { email: NEW } });
    expect(await redeem(app.client(), again)).toMatchObject({ status: 200 });
    expect(await addresses(app)).toEqual([NEW]);
  });

  it('[ASVS 6.5.5] registers by the newest link alone, once', async () => {
    const browser = await visit();
    const [first, second] = [await linkFor(app, NEW), await linkFor(app, NEW)];

    expect(refusal(await redeem(browser, first))).toEqual(REFUSED);
    expect(await addresses(app)).toEqual([]);
    expect(await redeem(browser, second)).toMatchObject({ status: 200 });
    expect(refusal(await redeem(browser, second))).toEqual(REFUSED);
  });

  it('has links of other addresses beside it, which void nothing', async () => {
    const browser = await visit();
    const [first, second] = [await linkFor(app, NEW), await linkFor(app, 'other@example.com')];

    expect(await redeem(browser, first)).toMatchObject({ status: 200 });
    expect(await redeem(browser, second)).toMatchObject({ status: 200 });
  });

  it('signs in to the account that was made meanwhile, as its mail was read', async () => {
    const browser = await visit();
    const token = await linkFor(app, NEW);
    await addUser(app, NEW, { name: 'Registered otherwise' });

    expect(await redeem(browser, token)).toMatchObject({
      status: 200,
      body: { user: { name: 'Registered otherwise' } },
    });
    expect(await addresses(app)).toEqual([NEW]);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
  });

  it('[ASVS 6.5.5] has a link from before its account voided by one from after', async () => {
    const browser = await visit();
    const before = await linkFor(app, NEW);
    await addUser(app, NEW);
    const after = await linkFor(app, NEW);

    expect(refusal(await redeem(browser, before))).toEqual(REFUSED);
    expect(await redeem(browser, after)).toMatchObject({ status: 200 });
  });

  it('makes no second account where one is made this very moment, and the link stays good for that one', async () => {
    let inBetween = async (): Promise<unknown> => undefined;
    const browser = await visit({ user: { maySignIn: async () => (await inBetween(), true) } });
    const token = await linkFor(app, NEW);
    inBetween = () => {
      inBetween = async () => undefined;
      return addUser(app, NEW);
    };

    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await signInRows(app)).toEqual([]);
    expect(await redeem(browser, token)).toMatchObject({ status: 200, body: { user: { id: `id of ${NEW}` } } });
    expect(await addresses(app)).toEqual([NEW]);
  });

  it('has an account that waits, where nobody may sign in unasked', async () => {
    const browser = await visit({ user: { maySignIn: ({ name }) => name !== null } });
    const token = await linkFor(app, NEW);

    expect(await redeem(browser, token)).toMatchObject({ status: 401, setCookies: [] });
    expect(await addresses(app)).toEqual([NEW]);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    await app.data.update(app.users.model, { email: NEW }, { name: 'New' });
    expect(await redeem(browser, await linkFor(app, NEW))).toMatchObject({ status: 200 });
  });

  it('has none, and gets no mail, where registration is closed', async () => {
    const browser = await visit({ link: { registration: 'closed' } });

    expect(await ask(app, browser, REQUEST, NEW)).toMatchObject({ status: 200 });
    expect(app.outbox.messages).toEqual([]);
    expect(await addresses(app)).toEqual([]);
  });

  it('[PRJ] has no account made of a link that was sent to another one', async () => {
    const browser = await visit();
    const subject = await addUser(app);
    const token = await linkFor(app, ADA);
    await app.service.deleteUser(subject);

    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await addresses(app)).toEqual([]);
  });

  it('[PRJ] has no account made of a link from before registration was closed', async () => {
    const url = `file:${join(folder, `${platform}.db`)}`;
    await visit({ dataLayer: sqlDataLayer({ url, migrate: true }) });
    const token = await linkFor(app, NEW);
    await app.close();

    const browser = await visit({ dataLayer: sqlDataLayer({ url }), link: { registration: 'closed' } });
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(await addresses(app)).toEqual([]);
  });
});
