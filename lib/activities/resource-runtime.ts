import type { DataLayer, Resource } from '../resources/index.js';
import type { Message } from '../senders/index.js';
import { Sessions, Subjects, type FlowScope, type Hooks, type Operation } from '../sessions/index.js';
import type { Room } from '../strategy/index.js';
import { UserTokens } from '../tokens/index.js';
import { describeError } from './report.js';
import { ResourceHooks } from './resource-hooks.js';
import { RoomContext } from './room-context.js';
import type { RuntimeParts, Services } from './runtime-parts.js';
import { sessionRoom } from './session-room.js';

/** One resource at work. */
export class ResourceRuntime<U extends object = object> implements RuntimeParts<U> {
  readonly subjects: Subjects;
  readonly sessions: Sessions<U>;
  readonly hooks: Hooks<U>;
  readonly audience: string;
  /** Strategies, add-ons and the built-in `session`, by name. */
  readonly rooms: ReadonlyMap<string, Room<U>>;
  readonly #tenantless: DataLayer;
  readonly accountsParts: RuntimeParts<U>['accountsParts'];

  constructor(
    readonly resource: Resource<U>,
    readonly services: Services,
  ) {
    const { clock, ring, issuer, appName } = services;
    this.audience = `${appName}:${resource.subjectName}`;
    this.#tenantless = services.data.forTenant('');
    this.hooks = new ResourceHooks<U>(this);
    this.subjects = new Subjects({ resource, clock, forget: (subject, tx) => this.hooks.forget(subject, tx) });
    this.accountsParts = { resource, subjects: this.subjects, hooks: this.hooks, clock };
    const maxLifetimeSeconds = resource.sessions.absoluteLifetimeSeconds;
    const tokens = new UserTokens({ ring, issuer, audience: this.audience, clock, maxLifetimeSeconds });
    const flows = this.flowScope('session');
    const data = (operation: Operation) => this.data(operation);
    this.sessions = new Sessions<U>({ ...this.accountsParts, tokens, flows, data });
    const rooms = [...resource.rooms, sessionRoom(() => this.sessions)];
    this.rooms = new Map(rooms.map((room) => [room.name, room]));
  }

  data(operation: Operation): DataLayer {
    if (operation.tenant === null) return this.#tenantless;
    return this.services.data.forTenant(operation.tenant);
  }

  contextFor(room: Room<U>, operation: Operation): RoomContext<U> {
    return new RoomContext(this, room, operation);
  }

  flowScope(room: string): FlowScope {
    const { ring } = this.services;
    const { subjectName } = this.resource;
    return { keys: () => ring.encryptionKeys('flow'), audience: this.audience, subjectName, room };
  }

  send(room: Room<U>, message: Message): void {
    const { background, log } = this.services;
    const { purpose } = message;
    const report = (error: unknown) => {
      log.error(`${this.partName(room, `senders.${purpose}`)} failed: ${describeError(error)}`);
      this.hooks.observe({ name: `${room.name}.message`, outcome: 'error', facts: { purpose } });
    };
    const sender = this.services.senderOf(this.resource.subjectName, room.name, purpose);
    try {
      background.addMessage(() => Promise.resolve(sender.send(message)).catch(report));
    } catch (error) {
      report(error); // what the message is about is committed: nobody can be refused any more
    }
  }

  partName(room: { readonly name: string }, part: string): string {
    return `resources.${this.resource.subjectName}.${room.name}.${part}`;
  }
}
