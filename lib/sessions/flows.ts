import type { KeyObject } from 'node:crypto';
import { open, randomToken, seal } from '../crypto/index.js';
import { InvalidToken } from '../errors/index.js';
import type { DataLayer } from '../resources/index.js';
import type { Flow, FlowOptions, Flows, JsonObject } from '../strategy/index.js';
import { addSeconds, type Clock } from '../time/index.js';
import { spentFlowsModel } from './models.js';
import type { Operation } from './operation.js';
import { tenantCookieName } from './tenant-cookies.js';
import type { Tenancy } from './tenants.js';

/** What a set of flows belongs to. A flow of one is no flow of another. */
export interface FlowScope {
  /** As they are now, newest first: the first seals, all open. */
  readonly keys: () => readonly KeyObject[];
  readonly audience: string;
  readonly subjectName: string;
  readonly room: string;
}

interface Sealed {
  readonly id: string;
  readonly boundTo: FlowOptions['boundTo'];
  readonly expiresAt: number;
  readonly data: JsonObject;
  /** Wishes of whoever started it, to be kept on the way. */
  readonly carried: Operation['carried'];
  readonly returnTo: string | null;
}

/** Flows of one room in one operation: sealed with AES-256-GCM, kept by the client, spent by one insert of their id. */
export class SealedFlows implements Flows {
  constructor(
    private readonly scope: FlowScope,
    private readonly operation: Operation,
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  start(kind: string, data: JsonObject, { lifetimeSeconds, boundTo }: FlowOptions): Promise<Flow> {
    const id = randomToken();
    const expiresAt = addSeconds(this.clock.now(), lifetimeSeconds);
    const { carried, returnTo } = this.operation;
    const sealed: Sealed = { id, boundTo, expiresAt: expiresAt.getTime(), data, carried, returnTo };
    const [key] = this.scope.keys();
    if (key === undefined) throw new Error('The key ring is empty');
    const handle = seal(key, this.#context(kind), JSON.stringify(sealed));
    const { cookies } = this.operation;
    if (cookies.writable) cookies.set(this.#cookieName(kind), handle, lifetimeSeconds);
    return Promise.resolve({ id, kind, handle, data, expiresAt });
  }

  read(kind: string, handle?: string): Promise<Flow | null> {
    const presented = handle ?? this.operation.cookies.get(this.#cookieName(kind));
    const sealed = presented === null ? null : this.#open(kind, presented);
    if (presented === null || sealed === null) return Promise.resolve(null);
    const expiresAt = new Date(sealed.expiresAt);
    const elsewhere = handle !== undefined && sealed.boundTo === 'browser';
    if (elsewhere || expiresAt <= this.clock.now()) return Promise.resolve(null);
    this.#restore(sealed);
    return Promise.resolve({ id: sealed.id, kind, handle: presented, data: sealed.data, expiresAt });
  }

  async spend(flow: Flow, tx: DataLayer = this.tenancy.data): Promise<void> {
    const first = await tx.insertIfAbsent(spentFlowsModel, { id: flow.id, expiresAt: flow.expiresAt });
    if (!first) throw new InvalidToken('spent');
    this.operation.flowSpent = true;
    if (this.operation.cookies.writable) this.operation.cookies.clear(this.#cookieName(flow.kind));
  }

  /** What was wished at the start holds, and not what the last request says. */
  #restore({ carried, returnTo }: Sealed): void {
    this.operation.carried = { ...this.operation.carried, ...carried };
    this.operation.returnTo = returnTo ?? this.operation.returnTo;
  }

  #open(kind: string, handle: string): Sealed | null {
    for (const key of this.scope.keys()) {
      const plain = open(key, this.#context(kind), handle);
      if (plain !== null) return JSON.parse(plain) as Sealed; // authenticated: only `start` above wrote it
    }
    return null;
  }

  #context(kind: string): string {
    const { audience, room } = this.scope;
    return JSON.stringify(['flow', audience, this.tenancy.tenant ?? '', room, kind]);
  }

  #cookieName(kind: string): string {
    const { subjectName, room } = this.scope;
    return tenantCookieName(`__Host-${subjectName}-flow-${room}-${kind}`, this.tenancy.tenant);
  }
}
