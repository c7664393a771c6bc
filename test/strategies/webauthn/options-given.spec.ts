import { describe, expect, it } from '@jest/globals';
import type { CreationOptions } from './authenticator.js';
import { ADA, addPasskey, begin, PASSKEYS, passkeysApps, signInByPassword } from './passkeys-app.js';

describe('the options that a browser gets', () => {
  const { boot, visit } = passkeysApps();

  it('ask for a passkey that is kept and made sure of, without a statement', async () => {
    const { ada } = await visit({ passkeys: { rpName: 'Acme' } });

    const { options } = await begin<CreationOptions>(ada, 'registration');

    expect(options).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rp: { id: 'localhost', name: 'Acme' },
      user: { id: expect.stringMatching(/^[\w-]{86}$/), name: ADA, displayName: ADA },
      pubKeyCredParams: [
        { alg: -7, type: 'public-key' },
        { alg: -8, type: 'public-key' },
        { alg: -257, type: 'public-key' },
      ],
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      extensions: { credProps: true },
      hints: [],
    });
  });

  it('ask for no passkey that is kept where it is a second factor alone', async () => {
    const { app, ada, key } = await visit({ passkeys: { uses: ['second-factor'], userVerification: 'discouraged' } });

    const { options } = await begin<CreationOptions>(ada, 'registration');
    expect(options).toMatchObject({ authenticatorSelection: { residentKey: 'discouraged' } });
    await addPasskey(ada, key);
    const browser = app.client();
    await signInByPassword(browser);
    expect((await begin(browser, 'second-factor')).options).toMatchObject({ userVerification: 'discouraged' });
    expect(await browser.post(`${PASSKEYS}/sign-in-options`, { json: {} })).toMatchObject({ status: 404 });
  });

  it('[ASVS 6.3.8] are the same to sign in, whoever asks, and name nobody', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);

    for (const input of [{}, { email: ADA }, { email: 'nobody@example.com' }]) {
      const { options, ...more } = await begin(app.client(), 'sign-in', input);
      expect(more).toEqual({});
      expect(options).toEqual({
        challenge: expect.stringMatching(/^[\w-]{43}$/),
        rpId: 'localhost',
        allowCredentials: [],
        timeout: 300_000,
        userVerification: 'required',
      });
    }
  });

  it('hold another challenge each time', async () => {
    const app = await boot();
    const challenges = new Set<string>();
    for (let round = 0; round < 5; round += 1) challenges.add((await begin(app.client(), 'sign-in')).options.challenge);

    expect(challenges.size).toBe(5);
  });

  it('tell authenticators one name of somebody, at random, whenever they ask', async () => {
    const { app, ada, key } = await visit();
    const first = await begin<CreationOptions>(ada, 'registration');
    await addPasskey(ada, key);
    const second = await begin<CreationOptions>(ada, 'registration');

    const handle = Buffer.from(first.options.user.id, 'base64url');
    expect([handle.length, handle.includes('ada')]).toEqual([64, false]);
    expect(second.options.user.id).toBe(first.options.user.id);
    expect(await app.handles()).toMatchObject([{ userHandle: first.options.user.id }]);
  });

  it('are a POST, which no other site can send and no browser fetches in advance', async () => {
    const { ada } = await visit();
    for (const kind of ['sign-in', 'second-factor', 'verify', 'registration']) {
      const path = `${PASSKEYS}/${kind}-options`;
      expect([kind, (await ada.get(path)).status]).toEqual([kind, 405]);
      const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      expect([kind, (await ada.post(path, { json: {}, headers })).status]).toEqual([kind, 403]);
    }
  });
});
