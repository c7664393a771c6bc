import { memoryDataLayer } from '../../lib/adapters/memory/index.js';
import type { DataLayer, DataLayerAdapter, Model, OpenDataLayer, Subject } from '../../lib/resources/index.js';
import { KeyRing, RoomTokens, tokensModel } from '../../lib/tokens/index.js';
import type { RoomTokensOptions } from '../../lib/tokens/index.js';
import { AUDIENCE, ISSUER, newSecret, subject, testClock, type TestClock } from './kit.js';

/** As the core keeps them: enough for epochs. */
export const subjectsModel: Model = {
  table: 'subjects',
  tenantField: 'tenant',
  columns: { subject: { type: 'text' }, tenant: { type: 'text' }, epoch: { type: 'integer' } },
  primaryKey: ['tenant', 'subject'],
};

export interface RoomVisit {
  readonly clock: TestClock;
  readonly layer: OpenDataLayer;
  /** Bound to no tenant's rows, `''`. */
  readonly data: DataLayer;
  readonly ada: Subject;
  readonly tokens: RoomTokens;
  room(changes?: Partial<RoomTokensOptions>): RoomTokens;
  raiseEpoch(): Promise<void>;
}

const ring = new KeyRing([newSecret()]);

/** A room `password` with the purposes `reset` and `confirm`, and a subject whose epoch is 3. */
export async function roomVisit(adapter: DataLayerAdapter = memoryDataLayer()): Promise<RoomVisit> {
  const layer = await adapter.open([tokensModel, subjectsModel]);
  const [clock, data, ada] = [testClock(), layer.forTenant(''), subject('ada')];
  await data.insert(subjectsModel, { subject: ada, epoch: 3 });
  const facts: RoomTokensOptions = {
    ring,
    issuer: ISSUER,
    audience: AUDIENCE,
    room: 'password',
    purposes: ['reset', 'confirm'],
    tenant: null,
    data,
    clock,
    epochOf,
    touchSubject,
  };
  const room = (changes: Partial<RoomTokensOptions> = {}) => new RoomTokens({ ...facts, ...changes });
  const raiseEpoch = async () => void (await data.increment(subjectsModel, { tenant: '', subject: ada }, 'epoch', 1));
  return { clock, layer, data, ada, tokens: room(), room, raiseEpoch };
}

async function epochOf(of: Subject, data: DataLayer): Promise<number | null> {
  const row = await data.findOne(subjectsModel, { subject: of }, ['epoch']);
  return typeof row?.['epoch'] === 'number' ? row['epoch'] : null;
}

async function touchSubject(of: Subject, epoch: number, tx: DataLayer): Promise<boolean> {
  return (await tx.update(subjectsModel, { subject: of, epoch }, { epoch })) === 1;
}
