import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PasskeyRefused, Passkeys } from 'nest-auth-plug/strategies/webauthn/client';
import { Authenticator, type CreationOptions, type RequestOptions } from './authenticator.js';
import { ADA, PASSKEYS, passkeysApps, type PasskeysApp } from './passkeys-app.js';

type Bytes = Uint8Array | { readonly [name: string]: Bytes } | readonly Bytes[] | string | number | boolean | null;

/** What a page asks of a browser. */
interface Asked {
  readonly publicKey: Bytes;
  readonly mediation?: string;
  readonly signal: AbortSignal;
}

/** Bytes as text again: the other way round than the client has it. */
function asText(value: Bytes | undefined): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url');
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asText(item)]));
}

/** What a browser answers: texts as bytes. */
function asBytes({ id, type, response }: Record<string, unknown>): object {
  const bytes = (text: unknown) => new Uint8Array(Buffer.from(String(text), 'base64url')).buffer;
  const { transports, ...parts } = response as Record<string, unknown>; // the kit makes an object
  const shown = Object.fromEntries(
    Object.entries(parts).map(([name, text]) => [name, text === null ? null : bytes(text)]),
  );
  return {
    id,
    rawId: bytes(id),
    type,
    response: { ...shown, ...(transports !== undefined && { getTransports: () => transports }) },
  };
}

describe('the client of bundlers', () => {
  const { boot } = passkeysApps();
  let app: PasskeysApp;
  let key: Authenticator;
  let asked: Asked[];
  let hasConditional: boolean;
  /** What the browser does where a name is typed. */
  let pick: (request: Asked) => Promise<unknown>;

  beforeEach(async () => {
    app = await boot({ passkeys: { registration: 'open', challengeBoundTo: 'holder' } });
    key = new Authenticator();
    asked = [];
    hasConditional = true;
    const get = (request: Asked) => {
      asked.push(request);
      return request.mediation === undefined ? show(request) : pick(request);
    };
    const create = (request: Asked) => {
      asked.push(request);
      return Promise.resolve(asBytes(key.create(asText(request.publicKey) as CreationOptions)));
    };
    const known = Object.assign(() => undefined, {
      isConditionalMediationAvailable: () => Promise.resolve(hasConditional),
    });
    Object.assign(globalThis, { PublicKeyCredential: known });
    Object.defineProperty(globalThis, 'navigator', { value: { credentials: { get, create } }, configurable: true });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
    Reflect.deleteProperty(globalThis, 'navigator');
  });

  const show = (request: Asked) => Promise.resolve(asBytes(key.get(asText(request.publicKey) as RequestOptions)));
  const aborted = ({ signal }: Asked) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  const client = () => new Passkeys(`${app.url}${PASSKEYS}`);

  it('makes an account, signs in, and answers what the app answered', async () => {
    expect(await client().signUp({ email: ADA })).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await app.rows()).toMatchObject([{ transports: 'hybrid internal' }]);

    expect(await client().signIn()).toMatchObject({ status: 200, redirectedTo: null, body: { user: { email: ADA } } });
    expect(asked.map(({ mediation }) => mediation)).toEqual([undefined, undefined]);
  });

  it('says what the app refused', async () => {
    await client().signUp({ email: ADA });
    const refused: unknown = await client()
      .signUp({ email: ADA })
      .catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(PasskeyRefused);
    expect(refused).toMatchObject({ answer: { status: 422, body: { code: 'ERR_INVALID_INPUT' } } });
    await expect(client().verify()).rejects.toThrow('The app answered 401');
  });

  it('knows paths that the app has moved, and says which has none', async () => {
    const moved = new Passkeys({ 'sign-in-options': `${app.url}${PASSKEYS}/sign-in-options` });
    await client().signUp({ email: ADA });

    await expect(moved.signIn()).rejects.toThrow('There is no route for sign-in');
  });

  it('waits for somebody who picks a passkey where a name is typed', async () => {
    await client().signUp({ email: ADA });
    pick = show;

    const answer = await client().autofill(() => ({ rememberMe: true }));

    expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(asked.at(-1)).toMatchObject({ mediation: 'conditional' });
  });

  it('does not wait where the browser does no such thing', async () => {
    hasConditional = false;
    expect(await client().autofill()).toBeNull();
    Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
    expect([await client().autofill(), Passkeys.areSupported]).toEqual([null, false]);
    expect(asked).toEqual([]);
  });

  it('stops waiting when somebody presses a button', async () => {
    const passkeys = client();
    await passkeys.signUp({ email: ADA });
    const waits = new Promise<void>((resolve) => {
      pick = (request) => {
        resolve();
        return aborted(request);
      };
    });
    const waiting = passkeys.autofill();
    await waits;

    expect(await passkeys.signIn()).toMatchObject({ status: 200 });
    expect(await waiting).toBeNull();
  });

  it('asks for another challenge when one gets old', async () => {
    await client().signUp({ email: ADA });
    const timers = takeTimers();
    try {
      pick = (request) => {
        pick = show;
        setImmediate(() => timers.at(-1)?.());
        return aborted(request);
      };
      expect(await client().autofill()).toMatchObject({ status: 200 });
      const waited = asked
        .filter(({ mediation }) => mediation === 'conditional')
        .map(({ publicKey }) => asText(publicKey));
      expect(new Set(waited.map((options) => (options as RequestOptions).challenge)).size).toBe(2);
    } finally {
      timers.giveBack();
    }
  });

  it('tells of what goes wrong in the browser', async () => {
    pick = () => Promise.reject(new Error('NotAllowedError'));

    await expect(client().autofill()).rejects.toThrow('NotAllowedError');
  });
});

/** Timers of four minutes go off when a test says so. */
function takeTimers() {
  const real = globalThis.setTimeout;
  const taken: (() => void)[] = [];
  const fake = (work: () => void, ms: number) => (ms === 240_000 ? taken.push(work) : real(work, ms));
  Object.assign(globalThis, { setTimeout: fake });
  return Object.assign(taken, { giveBack: () => void Object.assign(globalThis, { setTimeout: real }) });
}
