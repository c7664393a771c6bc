import { describe, expect, it } from '@jest/globals';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { ASKED, Phone, signIn, STEP, TOTP_AT, totpApps } from './totp-app.js';

/** What Chromium sends from a page with `no-referrer`. */
const FROM_OWN_PAGE = { origin: 'null', 'sec-fetch-site': 'same-origin' };

/** Presses a button, as a browser does that runs no script. */
function press(browser: Client, { text }: ClientAnswer, button: string, typed: Readonly<Record<string, string>> = {}) {
  const forms = [...text.matchAll(/<form method="post" action="([^"]+)">([^]*?)<button>([^<]*)<\/button>/g)];
  const [, action = ''] = forms.find(([, , , submit]) => submit === button) ?? [];
  return browser.post(action, { form: typed, headers: FROM_OWN_PAGE });
}

const linkIn = ({ text }: ClientAnswer) => (/href="(otpauth:[^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');

describe.each<Platform>(['express', 'fastify'])('the page of an authenticator app on %s', (platform) => {
  const { visit } = totpApps(platform);

  it('turns it on and off without a script, and shows the key until its first code', async () => {
    const { app, ada } = await visit();
    const first = await ada.get(TOTP_AT);
    expect(first).toMatchObject({ status: 200 });
    expect(first.text).not.toContain('otpauth:');
    expect(await press(ada, first, 'Set up an app')).toMatchObject({ status: 200 });

    const shown = await ada.get(TOTP_AT);
    const phone = new Phone(app, linkIn(shown));
    expect(shown.text).toContain('<svg');
    const key = new URL(phone.url).searchParams.get('secret') ?? '';
    expect(/<code>([^<]+)<\/code>/.exec(shown.text)?.[1]).toBe((key.match(/.{4}/g) ?? []).join(' '));
    expect(await press(ada, shown, 'Turn on', { code: '000000' })).toMatchObject({ status: 401 });
    expect(linkIn(await ada.get(TOTP_AT))).toBe(phone.url);
    expect(await press(ada, shown, 'Turn on', { code: phone.code() })).toMatchObject({ status: 200 });

    expect(await signIn(app.client())).toMatchObject(ASKED);
    const on = await ada.get(TOTP_AT);
    expect(on.text).not.toMatch(/otpauth:|<svg/);
    app.clock.advance(STEP);
    expect(await press(ada, on, 'Turn off', { code: phone.code() })).toMatchObject({ status: 200 });
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('is kept by no cache, framed by nobody and runs nothing', async () => {
    const { ada } = await visit();
    const { headers } = await ada.get(TOTP_AT);

    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'[^]*frame-ancestors 'none'/);
  });

  it('begins again with another key', async () => {
    const { ada } = await visit();
    await press(ada, await ada.get(TOTP_AT), 'Set up an app');
    const before = await ada.get(TOTP_AT);
    await press(ada, before, 'Begin again');

    expect(linkIn(await ada.get(TOTP_AT))).not.toBe(linkIn(before));
  });

  it('is not there where the app has one of its own', async () => {
    const { ada } = await visit({ totp: { routes: { page: { enabled: false } } } });

    expect(await ada.get(TOTP_AT)).toMatchObject({ status: 404 });
  });
});
