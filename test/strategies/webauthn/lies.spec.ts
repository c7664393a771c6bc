import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { Authenticator, FLAG, ORIGIN, type CreationOptions, type Lies } from './authenticator.js';
import { signInRows } from '../../security/visit.js';
import {
  ADA as ADMIN,
  addPasskey,
  answer,
  begin,
  isIn,
  lastReason,
  list,
  passkeysApp,
  register,
  show,
  signInByPassword,
  type PasskeysApp,
} from './passkeys-app.js';

const clear = (flag: number) => (flags: number) => flags & ~flag;
const set = (flag: number) => (flags: number) => flags | flag;
const flipped = (at: number) => (signature: Buffer) => {
  const copy = Buffer.from(signature);
  copy.writeUInt8(copy.readUInt8(copy.length - at) ^ 1, copy.length - at);
  return copy;
};

/** Origins that look like ours. */
const ORIGINS = [
  'http://app.localhost:3000',
  'https://localhost:3000',
  'http://localhost:3001',
  'http://localhost',
  'http://localhost:3000.evil.example',
  'http://evil-localhost:3000',
  'http://localhost:3000/',
  'null',
];

const OF_CLIENT_DATA: readonly (readonly [string, Lies, string])[] = [
  ...ORIGINS.map((origin) => [`the origin ${origin}`, { clientData: { origin } }, 'wrong_origin'] as const),
  ['an origin that is no text', { clientData: { origin: [ORIGIN] } }, 'wrong_origin'],
  ['no origin', { clientData: { origin: undefined } }, 'wrong_origin'],
  ['another challenge', { clientData: { challenge: 'x'.repeat(43) } }, 'wrong_challenge'],
  ['no challenge', { clientData: { challenge: undefined } }, 'wrong_challenge'],
  ['another type', { clientData: { type: 'payment.get' } }, 'wrong_type'],
  ['a frame of another site', { clientData: { crossOrigin: true } }, 'cross_origin'],
  ['a frame that is said otherwise', { clientData: { crossOrigin: 'true' } }, 'cross_origin'],
  ['the owner of a frame', { clientData: { topOrigin: ORIGIN } }, 'cross_origin'],
];

const OF_ANY_CEREMONY: readonly (readonly [string, Lies, string])[] = [
  ...OF_CLIENT_DATA,
  ['another place', { rpId: 'evil.example' }, 'not_verified'],
  ['a part of the place', { rpId: 'host' }, 'not_verified'],
  ['nobody who touched it', { flags: clear(FLAG.UP) }, 'not_verified'],
  ['nobody whom it knows', { flags: clear(FLAG.UV) }, 'not_verified'],
  ['copies of what cannot be copied', { flags: set(FLAG.BS) }, 'not_verified'],
  ['extensions that are not there', { flags: set(FLAG.ED) }, 'not_verified'],
];

const MALFORMED: readonly (readonly [string, Lies])[] = [
  ['no id', { envelope: { id: undefined } }],
  ['an id in another spelling', { envelope: { rawId: 'AAAA' } }],
  ['an id that is not base64url', { id: 'a+b/' }],
  ['an id with padding', { id: 'AA==' }],
  ['an id that is no text', { envelope: { id: 7, rawId: 7 } }],
  ['an id that is too long', { id: Buffer.alloc(1024).toString('base64url') }],
  ['another type', { envelope: { type: 'password' } }],
  ['no response', { envelope: { response: undefined } }],
  ['a response that is a list', { envelope: { response: [] } }],
  ['client data that is no JSON', { response: { clientDataJSON: 'AAAA' } }],
  ['client data that is no object', { response: { clientDataJSON: Buffer.from('[]').toString('base64url') } }],
  ['no client data', { response: { clientDataJSON: undefined } }],
];

describe.each<Platform>(['express', 'fastify'])('an authenticator that lies, on %s,', (platform) => {
  let app: PasskeysApp;
  let people = 0;
  beforeAll(async () => {
    app = await passkeysApp({ platform });
  });
  afterAll(() => app.close());

  /** Somebody who is signed in by a password, and an authenticator that holds nothing yet. */
  const someone = async () => {
    const email = `person${(people += 1)}@example.com`;
    const browser = app.client();
    await register(browser, email);
    const subject = await app.subjectOf(email);
    const rows = async () => (await app.rows()).filter((row) => row['subject'] === subject);
    return { email, browser, key: new Authenticator(), rows };
  };

  it.each<readonly [string, Lies, string]>([
    ...OF_ANY_CEREMONY,
    ['the other ceremony', { clientData: { type: 'webauthn.create' } }, 'wrong_type'],
    ['a signature with a bit flipped', { signature: flipped(1) }, 'wrong_signature'],
    ['a signature with another bit flipped', { signature: flipped(20) }, 'wrong_signature'],
    ['half a signature', { signature: (signature) => signature.subarray(0, 20) }, 'not_verified'],
    ['no name of its owner', { userHandle: null }, 'wrong_user_handle'],
    ['another name of its owner', { userHandle: Buffer.alloc(64, 7).toString('base64url') }, 'wrong_user_handle'],
    ['that it can be copied now', { flags: set(FLAG.BE) }, 'backup_eligibility_changed'],
    ['a counter that stands still', { counter: 0 }, 'counter_regression'],
    ['an id that nobody has', { id: 'AAAA' }, 'unknown_credential'],
  ])('signs nobody in by %s', async (_, lies, reason) => {
    const { browser: ada, key } = await someone();
    await addPasskey(ada, key);
    expect(await show(app.client(), key)).toMatchObject({ status: 200 });
    const before = await signInRows(app);

    const refused = await show(app.client(), key, lies);

    expect([refused.status, refused.body, lastReason(app)]).toEqual([
      401,
      { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' },
      reason,
    ]);
    expect(await signInRows(app)).toEqual(before);
    expect(await show(app.client(), key)).toMatchObject({ status: 200 });
  });

  it.each<readonly [string, Lies]>([
    ...MALFORMED,
    ['no signature', { response: { signature: undefined } }],
    ['a signature that is no text', { response: { signature: {} } }],
    ['an empty signature', { response: { signature: '' } }],
    ['no authenticator data', { response: { authenticatorData: undefined } }],
    ['a name of its owner that is no text', { response: { userHandle: 7 } }],
  ])('says what nobody understands: %s', async (_, lies) => {
    const { browser: ada, key } = await someone();
    await addPasskey(ada, key);
    const before = await signInRows(app);

    const refused = await show(app.client(), key, lies);

    expect(refused).toMatchObject({ status: 422, body: { problems: [{ field: 'credential', code: 'invalid' }] } });
    expect(await signInRows(app)).toEqual(before);
  });

  it.each<readonly [string, Lies, string]>([
    ...OF_ANY_CEREMONY,
    ['the other ceremony', { clientData: { type: 'webauthn.get' } }, 'wrong_type'],
    ['an algorithm that was not offered', { keys: 'ES384' }, 'not_verified'],
    ['another id in what is signed', { signedId: Buffer.alloc(32, 7) }, 'another_credential'],
    ['no key', { flags: clear(FLAG.AT) }, 'not_verified'],
  ])('adds no passkey by %s', async (_, lies, reason) => {
    const { browser: ada, key, rows } = await someone();

    const refused = await addPasskey(ada, key, { lies });

    expect([refused.status, lastReason(app)]).toEqual([401, reason]);
    expect(await rows()).toEqual([]);
    expect(await addPasskey(ada, key)).toMatchObject({ status: 200 });
  });

  it.each<readonly [string, Lies]>([
    ...MALFORMED,
    ['no statement', { response: { attestationObject: undefined } }],
    ['a statement that is no CBOR', { response: { attestationObject: 'AAAA' } }],
  ])('adds no passkey by what nobody understands: %s', async (_, lies) => {
    const { browser: ada, key, rows } = await someone();

    const refused = await addPasskey(ada, key, { lies });

    expect(refused).toMatchObject({ status: 422, body: { problems: [{ field: 'credential', code: 'invalid' }] } });
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['a text', 'credential'],
    ['a list', []],
    ['nothing', undefined],
    ['null', null],
    ['more than anybody sends', { id: 'x'.repeat(33 * 1024) }],
  ])('sends %s and is told so', async (_, credential) => {
    const browser = app.client();
    await begin(browser, 'sign-in');

    expect(await answer(browser, 'sign-in', { credential })).toMatchObject({ status: 422, setCookies: [] });
  });

  it('registers no credential that somebody has, whosever it is', async () => {
    const { browser: ada, key, email } = await someone();
    await addPasskey(ada, key);
    const id = key.held[0]?.id ?? Buffer.alloc(0);
    const { browser: bea } = await someone();

    for (const browser of [bea, ada]) {
      const copied = await addPasskey(browser, new Authenticator(), {
        lies: { signedId: id, id: id.toString('base64url') },
      });
      expect(copied).toMatchObject({ status: 422, body: { problems: [{ field: 'credential', code: 'taken' }] } });
    }
    expect(await list(bea)).toEqual([]);
    expect(await show(app.client(), key)).toMatchObject({ status: 200, body: { user: { email } } });
  });

  it('knows a credential of the longest id that there is', async () => {
    const { browser: ada, key } = await someone();
    const id = Buffer.alloc(1023, people);
    expect(await addPasskey(ada, key, { lies: { signedId: id, id: id.toString('base64url') } })).toMatchObject({
      status: 200,
    });

    expect(await show(app.client(), key, { id: id.toString('base64url') })).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.1] is not let in by the passkey of somebody else, as a second factor or to step up', async () => {
    const { browser: ada, key, email } = await someone();
    await addPasskey(ada, key);
    const { browser: bea, key: beas } = await someone();
    await addPasskey(bea, beas);
    const foreign = beas.held[0]?.id.toString('base64url') ?? '';

    for (const kind of ['second-factor', 'verify'] as const) {
      const browser = kind === 'verify' ? ada : app.client();
      if (kind === 'second-factor') await signInByPassword(browser, email);
      const { options } = await begin(browser, kind);
      const credential = beas.get({ ...options, allowCredentials: [{ id: foreign }] });
      expect([kind, (await answer(browser, kind, { credential })).status, lastReason(app)]).toEqual([
        kind,
        401,
        'foreign_passkey',
      ]);
    }
  });

  it('is not let in by the passkey of another resource', async () => {
    const boss = app.client();
    await register(boss, ADMIN, 'admin');
    const key = new Authenticator();
    const base = '/auth/admin/webauthn';
    const { options } = await begin<CreationOptions>(boss, 'registration', {}, base);
    expect(await answer(boss, 'register', { credential: key.create(options) }, base)).toMatchObject({ status: 200 });

    const browser = app.client();
    expect([(await show(browser, key)).status, await isIn(browser)]).toEqual([401, false]);
    expect(lastReason(app)).toBe('unknown_credential');
  });
});
