import assert from 'node:assert/strict';
import { phasePath } from '../../activities/index.js';
import { memoryDataLayer } from '../../adapters/memory/index.js';
import { countersModel } from '../../limits/index.js';
import { defineResource, type DataLayerAdapter, type Model, type Resource, type Row } from '../../resources/index.js';
import { signInsModel } from '../../sessions/index.js';
import type { RawInput, Strategy } from '../../strategy/index.js';
import { authTestApp, type AuthTestApp } from '../auth-test-app.js';
import { Client, type ClientAnswer } from '../client.js';
import { Race } from './race.js';
import { beforeAnswer, beforeEachCall, noteAnswers, type Work } from './recorded-work.js';
import type { StrategyContractOptions } from './strategy-options.js';

const SUBJECT_NAME = 'user';
const MOST_ROWS = 10_000;

/** Limits are the core's business, and no check is to meet them. */
const NO_LIMIT = [{ limit: 1_000_000, windowSeconds: 60 }];
const NO_LIMITS = {
  guessesPerAddress: NO_LIMIT,
  guessesPerIdentity: NO_LIMIT,
  guessesPerDevice: NO_LIMIT,
  messagesPerAddress: NO_LIMIT,
  messagesPerIdentity: NO_LIMIT,
};

interface WorldParts<U extends object> {
  readonly app: AuthTestApp;
  readonly strategy: Strategy<U>;
  readonly resource: Resource<U>;
  readonly models: readonly Model[];
  readonly work: Work;
  readonly race: Race;
}

/** Input that signs in, and the browser that it counts in. */
export interface Prepared {
  readonly input: RawInput;
  readonly browser: Client;
}

/** A small app with the strategy in it. */
export class StrategyWorld<U extends object> {
  readonly app: AuthTestApp;

  constructor(
    private readonly options: StrategyContractOptions<U>,
    private readonly parts: WorldParts<U>,
  ) {
    this.app = parts.app;
  }

  /** Every path of the strategy, but for those that another site sends the browser to. */
  get paths(): readonly string[] {
    const { phases } = this.parts.strategy;
    return [
      ...new Set(
        phases.filter(({ crossSite }) => crossSite !== 'bound-by-state').map(({ name }) => this.#pathOf(name)),
      ),
    ];
  }

  async prepare(): Promise<Prepared> {
    const browser = this.app.client();
    return { input: await this.options.input(this.app, browser), browser };
  }

  /** As the browser is now: what comes back changes nothing about what it sends the next time. */
  signIn({ input, browser }: Prepared): Promise<ClientAnswer> {
    const copy = new Client(browser.baseUrl);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    return copy.post(this.#pathOf(this.options.phase), { json: input });
  }

  /** From a browser that was never here. */
  post(phase: string, json: RawInput): Promise<ClientAnswer> {
    return this.app.client().post(this.#pathOf(phase), { json });
  }

  /** The same request so many times at once, in step. */
  race(count: number, prepared: Prepared): Promise<readonly ClientAnswer[]> {
    this.parts.race.start(count);
    return Promise.all(Array.from({ length: count }, () => this.signIn(prepared)));
  }

  /** An answer, and what the data layer was asked before it was out. */
  async watched(request: () => Promise<ClientAnswer>): Promise<{ readonly answer: ClientAnswer; readonly work: Work }> {
    const { work } = this.parts;
    work.length = 0;
    const answer = await request();
    await this.app.idle();
    return { answer, work: beforeAnswer(work) };
  }

  /** Every row of every table by its name, but for the counters, which count whatever is tried. */
  async rows(): Promise<Readonly<Record<string, readonly Row[]>>> {
    const tables: [string, readonly Row[]][] = [];
    for (const model of this.parts.models) {
      if (model.table !== countersModel.table) tables.push([model.table, await this.#rowsOf(model)]);
    }
    return Object.fromEntries(tables);
  }

  signIns(): Promise<readonly Row[]> {
    return this.#rowsOf(signInsModel);
  }

  accounts(): Promise<readonly Row[]> {
    return this.#rowsOf(this.parts.resource.model);
  }

  /** The account of a user, as its row is; null where there is none. */
  stored(user: U): Promise<U | null> {
    const { service } = this.app;
    return service.subjectToUser<U>(service.userToSubject(user, SUBJECT_NAME));
  }

  #rowsOf(model: Model): Promise<readonly Row[]> {
    const { data } = this.app;
    const [orderBy = 'id'] = model.primaryKey;
    const layer = model.tenantField === null ? data : data.forTenant('');
    return layer.findMany(model, {}, { orderBy, limit: MOST_ROWS });
  }

  #pathOf(name: string): string {
    const { strategy } = this.parts;
    const phase = strategy.phases.find((one) => one.name === name);
    assert.ok(phase, `"${strategy.name}" has no phase "${name}"`);
    return `/auth${phasePath(SUBJECT_NAME, strategy, phase)}`;
  }
}

/** Starts an app with the strategy in it, and closes it again. @param maySignIn @default everybody */
export async function inWorld<U extends object>(
  options: StrategyContractOptions<U>,
  run: (world: StrategyWorld<U>) => Promise<void>,
  maySignIn?: (user: U) => boolean,
): Promise<void> {
  const strategy = options.strategy();
  const resource = defineResource<U>({
    table: 'users',
    ...options.resource,
    subjectName: SUBJECT_NAME,
    strategies: [strategy],
    limits: NO_LIMITS,
    maySignIn,
  });
  const work: Work = [];
  const models: Model[] = [];
  const race = new Race();
  const noted = (call: string) => {
    work.push(call);
    return race.turn();
  };
  const dataLayer = remembering(beforeEachCall(memoryDataLayer(), noted), models);
  const app = await authTestApp({ resources: [resource], dataLayer, platform: options.platform });
  noteAnswers(app, work, () => race.arrived());
  try {
    for (const row of options.accounts ?? []) await app.data.insert(resource.model, row);
    await options.prepare?.(app);
    await app.idle();
    await run(new StrategyWorld(options, { app, strategy, resource, models, work, race }));
  } finally {
    await app.close();
  }
}

function remembering(inner: DataLayerAdapter, models: Model[]): DataLayerAdapter {
  return {
    ...inner,
    open(opened) {
      models.push(...opened);
      return inner.open(opened);
    },
  };
}
