import { afterEach, describe, expect, it } from '@jest/globals';
import { tenantFromHeader } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, ask, NEW, refusal, type MailedApp } from '../../rooms/mailed-app.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import { AUTH, codeApp, codeFor, codeTo, enter, FLOW_COOKIE, flowIn, REFUSED } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a flow that was altered, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  it('[ASVS 6.6.2] fails alike, whatever of it is other, and the one that was not still works', async () => {
    app = await codeApp({ platform });
    await addUser(app);
    await app.data.insert({ ...app.users.model, table: 'admins' }, { id: 'a', email: ADA, name: null });
    const browser = app.client();
    const flow = flowIn(await ask(app, browser, `${AUTH}/request`));
    const code = codeTo(app);
    const admins = flowIn(await ask(app, app.client(), '/auth/admin/otp/request'));
    const adminsCode = codeTo(app);

    for (const other of [admins, `${flow}A`, flow.slice(1), flow.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]) {
      for (const typed of [code, adminsCode]) {
        expect(refusal(await enter(app.client(), typed, { flow: other }))).toEqual(REFUSED);
      }
    }
    expect(refusal(await enter(app.client(), code, { flow }, '/auth/admin/otp'))).toEqual(REFUSED);
    expect(refusal(await enter(app.client(), adminsCode, { flow }))).toEqual(REFUSED);
    expect(await enter(app.client(), code, { flow })).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('[ASVS 2.2.1] is told what is missing or too long, and loses nothing', async () => {
    app = await codeApp({ platform });
    await addUser(app);
    const browser = app.client();
    const code = await codeFor(app, browser);

    for (const json of [
      {},
      { otp: '' },
      { otp: [code] },
      { otp: { a: code } },
      { otp: 'x'.repeat(201) },
      { otp: 123456 },
    ]) {
      const answer = await browser.post(`${AUTH}/sign-in`, { json });
      expect(answer).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' }, setCookies: [] });
    }
    expect(await browser.get(`${AUTH}?otp=${'x'.repeat(201)}`)).toMatchObject({ status: 422 });
    expect(await browser.get(`${AUTH}/sign-in?otp=${code}`)).toMatchObject({ status: 405 });
    expect(await enter(browser, code)).toMatchObject({ status: 200 });
  });

  it('[ASVS 1.2.1] shows nothing of a page address but as a text in a field', async () => {
    app = await codeApp({ platform });
    const browser = app.client();
    await ask(app, browser, `${AUTH}/request`);
    const query = new URLSearchParams({ otp: '"><script>alert(1)</script>' }).toString();

    const { text } = await browser.get(`${AUTH}?${query}`);

    expect(text).not.toContain('<script');
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;');
  });

  it('[ASVS 8.4.1] opens nothing at another tenant, nor voids anything there', async () => {
    app = await codeApp({
      platform,
      code: { registration: 'open' },
      user: { tenantField: 'orgId' },
      app: { tenants: { resolve: tenantFromHeader('x-tenant') } },
    });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    const flow = flowIn(await ask(app, acme, `${AUTH}/request`, NEW));
    const code = codeTo(app, NEW);
    const betas = await codeFor(app, beta, NEW);

    expect(refusal(await enter(beta, code, { flow }))).toEqual(REFUSED);
    expect(refusal(await enter(beta, code))).toEqual(REFUSED);
    expect([...acme.cookies.keys()].some((name) => name.startsWith(FLOW_COOKIE))).toBe(true);
    expect(await enter(acme, code)).toMatchObject({ status: 200, body: { user: { email: NEW, orgId: 'acme' } } });
    expect(await enter(beta, betas)).toMatchObject({ status: 200, body: { user: { email: NEW, orgId: 'beta' } } });
  });
});
