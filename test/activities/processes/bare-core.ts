import { AuthCore, Background, Commits, Deliveries } from '../../../lib/activities/index.js';
import { AuthError } from '../../../lib/errors/index.js';
import { countersModel, LimitCounters } from '../../../lib/limits/index.js';
import { defineResource, type DataLayerAdapter, type Resource } from '../../../lib/resources/index.js';
import { Secret } from '../../../lib/secrets/index.js';
import type { Message, Sender } from '../../../lib/senders/index.js';
import {
  CookieJar,
  Operation,
  signInsModel,
  spentFlowsModel,
  subjectsModel,
  Tenants,
} from '../../../lib/sessions/index.js';
import { HashQueue, password } from '../../../lib/strategies/password/index.js';
import type { Activity, AddOn, RawInput } from '../../../lib/strategy/index.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { Outbox } from '../../../lib/testing/outbox.js';
import { KeyRing, tokensModel } from '../../../lib/tokens/index.js';
import { PlainHash } from '../../rooms/plain-hash.js';

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const PUBLIC_URL = new URL('https://app.example');

/** The core without Nest, as each of several processes on one database has it: with a clock that stands still. */
export interface BareCore {
  readonly hash: PlainHash;
  readonly outbox: Outbox;
  /** Performs an activity of `password`. @returns the code of the refusal, or null */
  perform(phase: string, input: Readonly<Record<string, string>>, address: string): Promise<string | null>;
  /** Performs any activity, as whoever has this bearer token. @returns the token of the sign-in that it made, or null */
  act(activity: Activity, input: RawInput, token: string | null): Promise<string | null>;
  /** Whether a guard would let this bearer token in. */
  letsIn(token: string): Promise<boolean>;
  /** Resolves when the work after answers is done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function bareCore(adapter: DataLayerAdapter, addOns: readonly AddOn<BareUser>[] = []): Promise<BareCore> {
  const hash = new PlainHash();
  const outbox = new Outbox();
  const resource = users(hash, outbox, addOns);
  const own = [subjectsModel, signInsModel, spentFlowsModel, tokensModel, countersModel];
  const data = await adapter.open([...own, resource.model]);
  const clock = new FakeClock();
  const ring = new KeyRing([new Secret('k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM')]);
  const commits = new Commits();
  const watched = commits.watch(data);
  const background = new Background(clock, () => undefined);
  const deliver = (message: Message, sender: Sender) => sender.send(message);
  const services = {
    appName: 'bare-app',
    publicUrl: PUBLIC_URL,
    issuer: PUBLIC_URL.origin,
    ring,
    data: watched,
    clock,
    limits: new LimitCounters({ data: watched, clock, digestKey: () => ring.digestKey('limits') }),
    identityKey: () => ring.digestKey('identity'),
    commits,
    background,
    deliveries: new Deliveries({ deliver, background, clock, log: silent }),
    log: silent,
    debug: false,
    tenants: new Tenants(watched, () => Promise.resolve(null)),
    plugLink: (path: string) => new URL(path, PUBLIC_URL),
    pageLink: (path: string) => new URL(path, PUBLIC_URL),
    publicUrlOf: () => PUBLIC_URL,
    senderOf: () => outbox,
    inject: () => {
      throw new Error('Nothing is injected here');
    },
  };
  const core = new AuthCore(services, [resource], { origins: new Set(), cookiePrefix: '__Host-' });
  const perform = async (phase: string, input: Readonly<Record<string, string>>, address: string) => {
    try {
      await core.run(operationFrom(address), 'user', ['password', phase], input, null);
      return null;
    } catch (error) {
      if (error instanceof AuthError) return error.code;
      throw error;
    }
  };
  const act = async (activity: Activity, input: RawInput, token: string | null) => {
    const ending = await core.run(operationFrom(null, token), 'user', activity, input, null);
    return ending.kind === 'signed-in' ? ending.signIn.token : null;
  };
  const letsIn = async (token: string) => {
    const { signIn } = await core.resource().sessions.load(operationFrom(null, token), ['bearer']);
    return signIn !== null;
  };
  return { hash, outbox, perform, act, letsIn, idle: () => background.idle(), close: () => data.close() };
}

function operationFrom(address: string | null, token: string | null = null): Operation {
  return new Operation({
    transport: 'call',
    client: () => ({ address, userAgent: null, claimedHost: null }),
    headers: { get: (name) => (name === 'authorization' && token !== null ? [`Bearer ${token}`] : []) },
    cookies: new CookieJar([], false),
    native: null,
    onAnswered: (start) => void setImmediate(start),
  });
}

export interface BareUser {
  readonly id: string;
  readonly email: string;
}

function users(hash: PlainHash, outbox: Outbox, addOns: readonly AddOn<BareUser>[]): Resource {
  const byPassword = password<BareUser>({
    identityField: 'email',
    resettable: { sender: outbox, page: '/reset' },
    hashProvider: hash,
    hashQueue: new HashQueue({ parallel: 1000 }), // what hashes nothing needs no turns
  });
  const resource = defineResource<BareUser>({
    subjectName: 'user',
    table: 'users',
    strategies: [byPassword],
    addOns,
  });
  return resource as unknown as Resource; // nobody here looks at the user
}
