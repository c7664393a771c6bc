import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { PASSWORD } from '../../users.js';
import {
  ADA,
  codeAt,
  CODES,
  codesApps,
  enrol,
  EVE,
  FACTOR_CODE,
  generate,
  reasonOf,
  REFUSED,
  register,
  signIn,
  signInWith,
  STALE,
  subjectOf,
  textIn,
  type,
  whoIsIn,
  type CodesApp,
} from './codes-app.js';

const told = ({ outbox }: CodesApp) =>
  outbox.messages.map(({ to, purpose, change, codesLeft }) => [to, purpose, change ?? codesLeft]);

describe.each<Platform>(['express', 'fastify'])('recovery codes on %s', (platform) => {
  const { boot, visit } = codesApps(platform);

  it('[ASVS 6.5.2] are ten that are shown once, and of which nothing is kept that is readable', async () => {
    const { app, ada, codes } = await visit();

    expect(new Set(codes).size).toBe(10);
    const kept = [JSON.stringify(await app.rows()), app.logged.join('\n'), JSON.stringify(app.events)];
    for (const text of kept) {
      for (const code of codes) expect(text).not.toContain(code);
      for (const code of codes) expect(text).not.toContain(code.replaceAll('-', ''));
    }
    const status = await ada.get(`${CODES}/status`);
    expect(status).toMatchObject({ status: 200, body: { codesLeft: 10, createdAt: '2026-01-01T00:00:00.000Z' } });
    expect(status.text).not.toContain(codeAt(codes, 0));
  });

  it('[ASVS 6.5.1] complete a sign-in once each, and the others go on working', async () => {
    const { app, ada, codes } = await visit();
    const browser = app.client();

    expect(await signInWith(browser, codeAt(codes, 3))).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await whoIsIn(browser)).toEqual({
      email: ADA,
      methods: ['pwd', 'recovery-code', 'mfa'],
      secondFactorAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await signInWith(app.client(), codeAt(codes, 3))).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), codeAt(codes, 4))).toMatchObject({ status: 200 });
    expect(await ada.get(`${CODES}/status`)).toMatchObject({ body: { codesLeft: 8 } });
  });

  it('are offered beside the other factor, as a backup, while there are some', async () => {
    const { app } = await visit();

    expect(await signIn(app.client())).toMatchObject({
      status: 401,
      body: {
        code: 'ERR_SECOND_FACTOR_REQUIRED',
        factors: [
          { strategy: 'second-factor', phase: 'sign-in' },
          { strategy: 'recovery-code', phase: 'sign-in', label: 'Recovery code', backup: true },
        ],
      },
    });
  });

  it('are not offered once all are used', async () => {
    const { app, codes } = await visit();
    for (const code of codes) expect(await signInWith(app.client(), code)).toMatchObject({ status: 200 });

    expect(await signIn(app.client())).toMatchObject({ body: { factors: [{ strategy: 'second-factor' }] } });
  }, 30_000);

  it('ask for no second step by themselves', async () => {
    const app = await boot();
    const ada = app.client();
    await register(ada);
    await generate(ada);

    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('work without cookies, by the value of the flow', async () => {
    const { app, codes } = await visit();
    const flow = textIn(await signIn(app.client()), 'flow');

    expect(await type(app.client(), 'sign-in', codeAt(codes, 0), { flow })).toMatchObject({ status: 200 });
  });

  it('[ASVS 2.3.1] are nothing without a first step', async () => {
    const { app, codes } = await visit();

    expect(await type(app.client(), 'sign-in', codeAt(codes, 0), { email: ADA })).toMatchObject(REFUSED);
    for (const phase of ['verify', 'generate']) {
      const browser = app.client();
      const flow = textIn(await signIn(browser), 'flow');
      const refused = { status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } };
      expect(await type(browser, phase, codeAt(codes, 0), { flow })).toMatchObject(refused);
    }
    expect(await signInWith(app.client(), codeAt(codes, 0))).toMatchObject({ status: 200 });
  });

  it('are taken in any case, with other dashes, with spaces and with letters that look alike', async () => {
    const { app, codes } = await visit();
    const spellings = [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replaceAll('-', ''),
      (code: string) => ` ${code.replaceAll('-', ' ')} `,
      (code: string) => code.replaceAll('-', '\u2013').replaceAll('0', 'o').replaceAll('1', 'l'),
    ];

    for (const [index, spelt] of spellings.entries()) {
      expect(await signInWith(app.client(), spelt(codeAt(codes, index)))).toMatchObject({ status: 200 });
    }
  });

  it('are refused alike, whatever is wrong', async () => {
    const { app, codes } = await visit();
    const browser = app.client();
    await signIn(browser);
    const whole = codeAt(codes, 0);
    for (const typed of ['0000-0000-0000-0000', whole.slice(0, -1), `${whole}0`, '-', whole.replaceAll('-', '_')]) {
      const { status, body, setCookies } = await type(browser, 'sign-in', typed);
      expect([typed, { status, body, setCookies }]).toEqual([typed, { ...REFUSED, setCookies: [] }]);
    }
    expect(await type(browser, 'sign-in', 'x'.repeat(129))).toMatchObject({ status: 422 });
  });

  it('are nobody else’s', async () => {
    const { app, codes } = await visit();
    const eve = app.client();
    await register(eve, EVE);
    await enrol(eve);

    expect(await signIn(app.client(), EVE)).toMatchObject({ body: { factors: [{ strategy: 'second-factor' }] } });
    expect(await type(eve, 'verify', codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(reasonOf(app, 'verify')).toBe('no_codes');
    const hers = await generate(eve);
    expect(await signInWith(app.client(), codeAt(codes, 0), EVE)).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('wrong_code');
    expect(await signInWith(app.client(), codeAt(hers, 0), EVE)).toMatchObject({ status: 200 });
    expect(await signInWith(app.client(), codeAt(codes, 0))).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.1] are void, all of them, once there is another set', async () => {
    const { app, ada, codes } = await visit();
    const others = await generate(ada);

    expect(others.filter((code) => codes.includes(code))).toEqual([]);
    for (const code of codes.slice(0, 3)) expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), codeAt(others, 0))).toMatchObject({ status: 200 });
    expect(await app.rows()).toHaveLength(9);
  });

  it('[ASVS 7.5.1] are made by a fresh sign-in, also anew where there is no other factor', async () => {
    const app = await boot();
    const ada = app.client();
    await register(ada);
    app.clock.advance(601);
    expect(await ada.post(`${CODES}/generate`, { json: {} })).toMatchObject(STALE);
    expect(await app.client().post(`${CODES}/generate`, { json: {} })).toMatchObject({ status: 401 });
    await signIn(ada);

    const codes = await generate(ada);
    expect(await generate(ada)).not.toEqual(codes);
    expect(await app.rows()).toHaveLength(10);
  });

  it('[ASVS 7.5.1] are made anew only by whoever has just shown a second factor, where they have one', async () => {
    const { app, ada, codes } = await visit();
    app.clock.advance(30);
    const change = { currentPassword: PASSWORD, password: 'pear tree in the valley' };
    await ada.post('/auth/user/password/change', { json: { ...change, passwordConfirmation: change.password } });

    expect(await ada.post(`${CODES}/generate`, { json: {} })).toMatchObject(STALE);
    expect(await app.rows()).toHaveLength(10);
    await type(ada, 'verify', codeAt(codes, 0));
    expect(await generate(ada)).toHaveLength(10);
  });

  it('[ASVS 7.4.3] sign this device in anew when they are made, and every other out', async () => {
    const { app, ada, codes } = await visit();
    const elsewhere = app.client();
    await signInWith(elsewhere, codeAt(codes, 0));
    const flow = textIn(await signIn(app.client()), 'flow');
    const before = new Map(ada.cookies);
    const others = await generate(ada);

    expect([await whoIsIn(ada), await whoIsIn(elsewhere)]).toEqual([expect.objectContaining({ email: ADA }), null]);
    const copy = app.client();
    for (const [name, value] of before) copy.cookies.set(name, value);
    expect(await whoIsIn(copy)).toBeNull();
    expect(await type(app.client(), 'sign-in', codeAt(others, 0), { flow })).toMatchObject(REFUSED);
  });

  it('[ASVS 7.2.4] step up a sign-in in force, and are used up by that', async () => {
    const { app, ada, codes } = await visit();
    app.clock.advance(700);

    expect(await type(ada, 'verify', codeAt(codes, 0))).toMatchObject({ status: 200 });
    expect(await whoIsIn(ada)).toMatchObject({ secondFactorAt: '2026-01-01T00:11:40.000Z' });
    expect(await type(ada, 'verify', codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('wrong_code');
  });

  it('[ASVS 6.3.7] are told of to their owner, when they are made and whenever one is used', async () => {
    const { app, ada, codes } = await visit();
    await signInWith(app.client(), codeAt(codes, 0));
    await signInWith(app.client(), codeAt(codes, 0));
    await type(ada, 'verify', codeAt(codes, 1));
    await generate(ada);
    await app.idle();

    expect(told(app)).toEqual([
      [ADA, 'second-factor-changed', 'added'],
      [ADA, 'recovery-code-used', 9],
      [ADA, 'recovery-code-used', 8],
      [ADA, 'second-factor-changed', 'replaced'],
    ]);
    expect(JSON.stringify(app.outbox.messages)).not.toContain(codeAt(codes, 0));
  });

  it('are made also where nobody is told', async () => {
    const { app, codes } = await visit({ codes: { notices: undefined } });
    expect(await signInWith(app.client(), codeAt(codes, 0))).toMatchObject({ status: 200 });
    await app.idle();

    expect(app.outbox.messages).toEqual([]);
  });

  it('[ASVS 6.6.3] may be guessed at ten times in a quarter of an hour, however many first steps', async () => {
    const { app, codes } = await visit({ user: { limits: {} } });
    const flows = [textIn(await signIn(app.client()), 'flow'), textIn(await signIn(app.client()), 'flow')];
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      const typed = count === 10 ? codeAt(codes, 0) : '0000-0000-0000-0000';
      statuses.push((await type(app.client(), 'sign-in', typed, { flow: flows[count % 2] })).status);
    }

    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it('leave the other factor as it is', async () => {
    const { app, codes } = await visit();
    await signInWith(app.client(), codeAt(codes, 0));
    const browser = app.client();
    await signIn(browser);

    const json = { code: FACTOR_CODE };
    expect(await browser.post('/auth/user/second-factor/sign-in', { json })).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.4.2] go with whoever is deleted, and stay with whoever is disabled for a while', async () => {
    const { app, codes } = await visit();
    const eve = app.client();
    await register(eve, EVE);
    await enrol(eve);
    const hers = await generate(eve);
    const subject = await subjectOf(app);
    await app.service.disable(subject);
    await app.service.enable(subject);
    expect(await signInWith(app.client(), codeAt(codes, 0))).toMatchObject({ status: 200 });

    await app.service.deleteUser(subject);
    expect(await app.rows()).toHaveLength(10);
    expect(await signInWith(app.client(), codeAt(hers, 0), EVE)).toMatchObject({ status: 200 });
  });
});
