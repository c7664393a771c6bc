import type { DataLayer, Subject } from '../resources/index.js';
import type { Message, NewMessage } from '../senders/index.js';
import {
  OPERATION,
  ResourceAccounts,
  SealedFlows,
  TenantCookies,
  type Operation,
  type Tenancy,
} from '../sessions/index.js';
import type {
  AuthContext,
  AuthEvent,
  Inject,
  JsonObject,
  LimitRule,
  LimitUntil,
  Room,
  StrategyContext,
} from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import { RoomTokens, RoomVault } from '../tokens/index.js';
import { phaseOf, phasePath } from './phase-path.js';
import type { RuntimeParts } from './runtime-parts.js';

/** What one room sees of one operation: its facts as they are now, and the powers bound to resource, tenant and room. */
export class RoomContext<U extends object> implements StrategyContext<U> {
  readonly [OPERATION]: Operation;
  readonly data: DataLayer;
  readonly audience: string;
  readonly tenant: string | null;
  readonly clock: Clock;
  readonly #runtime: RuntimeParts<U>;
  readonly #room: Room<U>;
  readonly #tenancy: Tenancy;

  constructor(runtime: RuntimeParts<U>, room: Room<U>, operation: Operation) {
    this[OPERATION] = operation;
    this.#runtime = runtime;
    this.#room = room;
    this.#tenancy = runtime.tenants.of(operation);
    this.data = this.#tenancy.data;
    this.audience = runtime.audience;
    this.tenant = this.#tenancy.tenant;
    this.clock = runtime.services.clock;
  }

  get accounts(): ResourceAccounts<U> {
    const { columns = {}, provesMailboxOf: mailboxes = [] } = this.#room;
    const declared = Object.entries(columns).filter(([, column]) => column.private);
    const room = { secrets: declared.map(([field]) => field), mailboxes };
    return new ResourceAccounts(this.#runtime.accountsParts, room, this[OPERATION], this.data);
  }

  get tokens(): RoomTokens {
    const { services, subjects } = this.#runtime;
    return new RoomTokens({
      ring: services.ring,
      issuer: services.issuer,
      audience: this.audience,
      room: this.#room.name,
      purposes: this.#room.purposes ?? [],
      tenant: this.tenant,
      data: this.data,
      clock: this.clock,
      epochOf: (subject: Subject, data: DataLayer) => subjects.epochOf(subject, data),
      touchSubject: (subject: Subject, epoch: number, tx: DataLayer) => subjects.touch(subject, epoch, tx),
    });
  }

  get flows(): SealedFlows {
    return new SealedFlows(this.#runtime.flowScope(this.#room.name), this[OPERATION], this.#tenancy, this.clock);
  }

  get vault(): RoomVault {
    const { ring } = this.#runtime.services;
    return new RoomVault({ ring, audience: this.audience, room: this.#room.name, tenant: this.tenant });
  }

  get limits() {
    const { services, resource } = this.#runtime;
    const scope = ['room', resource.subjectName, this.tenant ?? '', this.#room.name];
    const { limits } = services;
    return {
      count: (key: string, rule: LimitRule | LimitUntil) =>
        'until' in rule ? limits.countUntil([...scope, key], rule) : limits.count([...scope, key], [rule]),
    };
  }

  get links(): StrategyContext<U>['links'] {
    const { services, resource } = this.#runtime;
    return {
      to: (name, query) => {
        const phase = phaseOf(this.#room, name);
        const [method = 'GET'] = phase.methods.toSorted(); // whoever follows a link sends GET, where there is one
        return services.plugLink(method, phasePath(resource.subjectName, this.#room, phase), query, this.tenant);
      },
      page: (path, query) => services.pageLink(path, query, this.tenant),
    };
  }

  get inject(): Inject {
    return this.#runtime.services.inject;
  }

  send<P extends string>(message: NewMessage<P>, tx?: DataLayer): void {
    const { onAnswered } = this[OPERATION];
    const whole = { ...message, tenant: this.tenant } as Message; // as its purpose says: the compiler saw to that where it was written
    const send = () => this.#runtime.send(this.#room, whole, onAnswered);
    if (tx === undefined) send();
    else this.afterCommit(tx, send);
  }

  afterCommit(tx: DataLayer, work: () => void): void {
    this.#runtime.services.commits.after(tx, work);
  }

  afterAnswer(work: () => Promise<void>): void {
    this.#runtime.services.background.add(work, (begin) => this[OPERATION].onAnswered(begin));
  }

  observe(name: string, outcome: AuthEvent['outcome'], facts: JsonObject): void {
    const { accountsParts, services } = this.#runtime;
    const full = `${this.#room.name}.${name}`;
    accountsParts.hooks.observe({ name: full, outcome, facts });
    if (outcome === 'error') services.log.warn(`${full} failed: ${JSON.stringify(facts)}`);
  }

  get transport(): AuthContext['transport'] {
    return this[OPERATION].transport;
  }
  get subjectName(): string {
    return this.#runtime.resource.subjectName;
  }
  get activity(): AuthContext['activity'] {
    return this[OPERATION].activity;
  }
  get client(): AuthContext['client'] {
    return this[OPERATION].client;
  }
  get headers(): AuthContext['headers'] {
    return this[OPERATION].headers;
  }
  get cookies(): AuthContext['cookies'] {
    const { cookies } = this[OPERATION];
    return this.tenant === null ? cookies : new TenantCookies(cookies, this.tenant);
  }
  get users(): AuthContext['users'] {
    return this[OPERATION].users;
  }
  get signIn(): AuthContext['signIn'] {
    return this[OPERATION].signIn;
  }
  get pending(): AuthContext['pending'] {
    return this[OPERATION].pending;
  }
  get carried(): AuthContext['carried'] {
    return this[OPERATION].carried;
  }
  get result(): AuthContext['result'] {
    return this[OPERATION].result;
  }
  get returnTo(): string | null {
    return this[OPERATION].returnTo;
  }
  native<T>(): T {
    return this[OPERATION].native<T>();
  }
}
