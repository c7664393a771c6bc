import type { KeyObject } from 'node:crypto';
import type { LimitCounters } from '../limits/index.js';
import type { DataLayer, Resource } from '../resources/index.js';
import type { Message, Sender } from '../senders/index.js';
import type { FlowScope, Operation, SessionParts, Subjects, Tenancies, Tenants } from '../sessions/index.js';
import type { Inject, Method, Room, StrategyContext } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import type { KeyRing } from '../tokens/index.js';
import type { Background } from './background.js';
import type { Commits } from './commits.js';
import type { Deliveries } from './deliveries.js';
import type { Log } from './report.js';

/** What all resources of an app share. */
export interface Services {
  readonly appName: string;
  readonly publicUrl: URL;
  /** For the resources that have any. */
  readonly tenants: Tenants;
  /** `iss` of every token. */
  readonly issuer: string;
  readonly ring: KeyRing;
  /** Not bound to a tenant. */
  readonly data: DataLayer;
  readonly clock: Clock;
  readonly limits: LimitCounters;
  /** The key of digests that stand for identities in logs and on devices, as it is now. */
  readonly identityKey: () => KeyObject;
  readonly commits: Commits;
  readonly background: Background;
  readonly deliveries: Deliveries;
  readonly log: Log;
  /** Write the reasons of refusals to the log. */
  readonly debug: boolean;
  /** An absolute link to a route below the plug; its path begins with a slash. */
  plugLink(method: Method, path: string, query: Readonly<Record<string, string>>, tenant: string | null): URL;
  /** An absolute link to a page of the app's own. @param path root-relative */
  pageLink(path: string, query: Readonly<Record<string, string>>, tenant: string | null): URL;
  /** Where browsers reach a tenant. @throws {NoTenant} where what the app says is no address */
  publicUrlOf(tenant: string | null): URL;
  senderOf(subjectName: string, room: string, purpose: string): Sender;
  /** What a room has injected. */
  readonly inject: Inject;
}

/** What the voices of a resource (its hooks, the contexts of its rooms) work with. */
export interface RuntimeParts<U extends object> {
  readonly resource: Resource<U>;
  readonly services: Services;
  readonly subjects: Subjects;
  /** `aud` of its tokens: no two resources have the same. */
  readonly audience: string;
  readonly accountsParts: Pick<
    SessionParts<U>,
    'resource' | 'subjects' | 'hooks' | 'clock' | 'tenants' | 'afterCommit'
  >;
  readonly tenants: Tenancies;
  contextFor(room: Room<U>, operation: Operation): StrategyContext<U>;
  flowScope(room: string): FlowScope;
  /** Hands a message to its sender, outside any request. @param start calls back when the answer is out */
  send(room: Room<U>, message: Message, start: Operation['onAnswered']): void;
  /** A part of the configuration, in the words of the configuration. */
  partName(room: { readonly name: string }, part: string): string;
}
