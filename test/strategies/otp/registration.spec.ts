import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subject } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  addresses,
  addUser,
  ask,
  NEW,
  refusal,
  whoIsIn,
  type Addressee,
  type MailedApp,
} from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { codeApp, codeFor, enter, REFUSED, REQUEST, WRONG, type CodeAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('an address that asks for a code, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function visit({ code, ...options }: CodeAppOptions = {}) {
    app = await codeApp({ platform, code: { registration: 'open', ...code }, ...options });
    return app.client();
  }

  it('has its account with the first right code, and the same one with the next', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser, NEW);
    expect(app.outbox.last(NEW)).toMatchObject({ user: null });
    expect(refusal(await enter(browser, WRONG))).toEqual(REFUSED);
    expect(await addresses(app)).toEqual([]);

    const first = await enter(browser, code);
    expect(first).toMatchObject({ status: 200, body: { user: { email: NEW, name: null } } });
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);

    const again = app.client();
    const second = await enter(again, await codeFor(app, again, NEW));
    const { user } = first.body as { user: Addressee };
    expect(second).toMatchObject({ status: 200, body: { user } });
    expect(await addresses(app)).toEqual([NEW]);
  });

  it('signs in to the account that was made meanwhile, and makes none beside it', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser, NEW);
    await addUser(app, NEW, { name: 'Registered otherwise' });

    // Of the address, not of the account: so the digest is still that of the address.
    expect(await enter(browser, code)).toMatchObject({ status: 200, body: { user: { name: 'Registered otherwise' } } });
    expect(await addresses(app)).toEqual([NEW]);
  });

  it('makes no second account where one is made this very moment, and the code stays good for that one', async () => {
    let inBetween = async (): Promise<unknown> => undefined;
    const browser = await visit({ user: { maySignIn: async () => (await inBetween(), true) } });
    const code = await codeFor(app, browser, NEW);
    inBetween = () => {
      inBetween = async () => undefined;
      return addUser(app, NEW);
    };

    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
    expect(await signInRows(app)).toEqual([]);
    expect(await enter(browser, code)).toMatchObject({ status: 200, body: { user: { id: `id of ${NEW}` } } });
  });

  it('has no account where registration is closed, and no code will do', async () => {
    const browser = await visit({ code: { registration: 'closed' } });
    expect(await ask(app, browser, REQUEST, NEW)).toMatchObject({ status: 200 });

    expect(app.outbox.messages).toEqual([]);
    expect(refusal(await enter(browser, WRONG))).toEqual(REFUSED);
    expect(await addresses(app)).toEqual([]);
  });

  it.each([
    ['disabled', (subject: Subject) => app.service.disable(subject)],
    ['deleted', (subject: Subject) => app.service.deleteUser(subject)],
    ['signed out everywhere', (subject: Subject) => app.service.endSignIns(subject)],
    ['given another address', () => app.data.update(app.users.model, { email: ADA }, { email: NEW })],
  ])('[ASVS 6.3.4] [ASVS 7.4.2] has no use for a code from before it was %s', async (_, change) => {
    const browser = await visit({ code: { registration: 'closed' } });
    const subject = await addUser(app);
    const code = await codeFor(app, browser);

    await change(subject);

    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
    expect(await whoIsIn(browser)).toBeNull();
  });
});
