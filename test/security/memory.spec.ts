import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataLayer, DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { AUTH_CORE, type AuthCore } from '../../lib/activities/index.js';
import { SealedFlows } from '../../lib/sessions/index.js';
import { operationWith } from '../activities/operations.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource } from '../users.js';
import { ADA, NO_LIMITS } from './visit.js';

/** Less than the smallest thing that could be kept of each: a text of ten letters in a map. */
const BYTES_PER_EVENT = 40;

/** Until code is compiled and caches are full. */
const WARM_UP = 2000;

/** The collector, without a flag on the command line. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void; // what the flag makes
}

/** A store that keeps the users and counts nothing: what is left in memory is the app's. */
function forgetful(): DataLayerAdapter {
  const inner = memoryDataLayer();
  const wrap = (layer: DataLayer): DataLayer => ({
    insert: layer.insert.bind(layer),
    insertIfAbsent: () => Promise.resolve(true),
    findOne: layer.findOne.bind(layer),
    findMany: layer.findMany.bind(layer),
    update: layer.update.bind(layer),
    increment: () => Promise.resolve(1),
    delete: layer.delete.bind(layer),
    transaction: (work) => layer.transaction((tx) => work(wrap(tx))),
    forTenant: (tenant) => wrap(layer.forTenant(tenant)),
  });
  return {
    ...inner,
    async open(models) {
      const layer = await inner.open(models);
      return { ...wrap(layer), check: () => layer.check(), close: () => layer.close() };
    },
  };
}

class SilentHashProvider extends FakeHashProvider {
  override verify(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

describe('the memory of an app', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function arrive() {
    const { resource } = userResource({ limits: NO_LIMITS }, { hashProvider: new SilentHashProvider() });
    app = await authTestApp({ resources: [resource], dataLayer: forgetful() });
    await app.data.insert(resource.model, {
      id: 'ada',
      email: ADA,
      name: 'Ada',
      passwordHash: new FakeHashProvider().of(PASSWORD),
    });
    const runtime = app.nest.get<AuthCore>(AUTH_CORE, { strict: false }).resource();
    const data = app.data.forTenant('');
    const load = (headers: Record<string, string>) =>
      runtime.sessions.load(operationWith(headers), ['bearer', 'session']);
    const guess = (email: string) =>
      app.service.perform(['password', 'sign-in'], { email, password: 'wrong' }).catch(() => undefined);
    const reset = (resetToken: string) =>
      app.service
        .perform(['password', 'reset'], { resetToken, password: PASSWORD, passwordConfirmation: PASSWORD })
        .catch(() => undefined);
    const start = (note: string) =>
      new SealedFlows(runtime.flowScope('password'), operationWith(), { tenant: null, data }, app.clock).start(
        'state',
        { note },
        { lifetimeSeconds: 600, boundTo: 'browser' },
      );
    return { load, guess, reset, start };
  }

  /** What the heap has gained for good by so many of these. */
  async function gainedBy(events: number, event: (index: number) => Promise<unknown>): Promise<number> {
    const collect = collector();
    const heapAfter = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1) await event(index);
      await app.idle();
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(0, WARM_UP);
    return (await heapAfter(WARM_UP, WARM_UP + events)) - before;
  }

  it('[ASVS 15.2.2] [PRJ 15] keeps nothing of 100,000 flows that nobody ends, unknown cookies and bad tokens', async () => {
    const { load, start } = await arrive();
    const token = (index: number) => `a.b.${index.toString(36).padStart(43, 'A')}`;

    for (const event of [
      (index: number) => start(`a wish of flow ${index}`),
      (index: number) => load({ cookie: `__Host-user-session=unknown-${index}` }),
      (index: number) => load({ authorization: `Bearer ${token(index)}` }),
    ]) {
      expect(await gainedBy(34_000, event)).toBeLessThan(34_000 * BYTES_PER_EVENT);
    }
  }, 120_000);

  it('[ASVS 15.2.2] [PRJ 15] keeps nothing of guesses at accounts that exist and that do not, nor of made-up links', async () => {
    const { guess, reset } = await arrive();

    for (const event of [
      () => guess(ADA),
      (index: number) => guess(`nobody-${index}@example.com`),
      (index: number) => reset(`made-up-${index}`),
    ]) {
      expect(await gainedBy(5_000, event)).toBeLessThan(5_000 * BYTES_PER_EVENT);
    }
  }, 120_000);
});
