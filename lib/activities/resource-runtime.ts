import type { DataLayer, Resource } from '../resources/index.js';
import type { Message } from '../senders/index.js';
import {
  Sessions,
  Subjects,
  Tenantless,
  type FlowScope,
  type Hooks,
  type Operation,
  type Tenancies,
} from '../sessions/index.js';
import type { Room } from '../strategy/index.js';
import { UserTokens } from '../tokens/index.js';
import { identityDigest } from './identity-digest.js';
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
  readonly tenants: Tenancies;
  readonly accountsParts: RuntimeParts<U>['accountsParts'];

  constructor(
    readonly resource: Resource<U>,
    readonly services: Services,
  ) {
    const { clock, ring, issuer, appName } = services;
    this.audience = `${appName}:${resource.subjectName}`;
    this.tenants = resource.model.tenantField === null ? new Tenantless(services.data) : services.tenants;
    this.hooks = new ResourceHooks<U>(this);
    this.subjects = new Subjects({ resource, clock, forget: (subject, tx) => this.hooks.forget(subject, tx) });
    const { tenants } = this;
    const afterCommit = (tx: DataLayer, work: () => void) => services.commits.after(tx, work);
    this.accountsParts = { resource, subjects: this.subjects, hooks: this.hooks, clock, tenants, afterCommit };
    const maxLifetimeSeconds = resource.sessions.absoluteLifetimeSeconds;
    const tokens = new UserTokens({ ring, issuer, audience: this.audience, clock, maxLifetimeSeconds });
    const flows = this.flowScope('session');
    const data = (operation: Operation) => this.data(operation);
    const sealingKeys = () => ring.encryptionKeys('sign-in');
    this.sessions = new Sessions<U>({ ...this.accountsParts, tokens, flows, sealingKeys, data });
    const rooms = [...resource.rooms, sessionRoom(resource, () => this.sessions)];
    this.rooms = new Map(rooms.map((room) => [room.name, room]));
  }

  /** Before anything is done. @throws {NoTenant} where the resource has tenants and the operation is of none @throws {Outage} */
  async enter(operation: Operation): Promise<void> {
    await this.tenants.find(operation);
    this.tenants.of(operation);
  }

  /** The data of the operation's tenant; its transactions know what to do once they have committed. */
  data(operation: Operation): DataLayer {
    return this.tenants.of(operation).data;
  }

  contextFor(room: Room<U>, operation: Operation): RoomContext<U> {
    return new RoomContext(this, room, operation);
  }

  flowScope(room: string): FlowScope {
    const { ring } = this.services;
    const { subjectName } = this.resource;
    return { keys: () => ring.encryptionKeys('flow'), audience: this.audience, subjectName, room };
  }

  send(room: Room<U>, message: Message, start: Operation['onAnswered']): void {
    const { services } = this;
    const { purpose, to, tenant } = message;
    const addressDigest = identityDigest(services.identityKey(), tenant, to);
    const facts = { ...(tenant !== null && { tenant }), purpose, addressDigest };
    const parcel = {
      message,
      sender: services.senderOf(this.resource.subjectName, room.name, purpose),
      part: this.partName(room, `senders.${purpose}`),
      addressDigest,
      onLost: () => this.hooks.observe({ name: `${room.name}.message`, outcome: 'error', facts }),
    };
    services.deliveries.add(parcel, start);
  }

  partName(room: { readonly name: string }, part: string): string {
    return `resources.${this.resource.subjectName}.${room.name}.${part}`;
  }
}
