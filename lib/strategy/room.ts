import type { OfferedFactor, Problem } from '../errors/index.js';
import type { Column, DataLayer, Model } from '../resources/data-layer.js';
import type { FieldKind } from '../resources/identity.js';
import type { Subject } from '../resources/subject.js';
import type { SenderRef } from '../senders/index.js';
import type { InjectedRef } from './injected.js';
import type { Phase } from './phase.js';
import type { StrategyContext } from './strategy-context.js';

/** What strategies and add-ons have in common. */
export interface Room<U> {
  /** kebab-case, unique within the resource. */
  readonly name: string;
  readonly phases: readonly Phase<U>[];
  /** Columns that the room needs in the resource's own table. */
  readonly columns?: Readonly<Record<string, RoomColumn>> | undefined;
  /** It makes accounts, and sees to it that each has these fields. @default it makes none */
  readonly registers?: readonly string[] | undefined;
  /**
   * Fields that hold addresses of which each proof of this room shows the mailbox (`Proof.mailbox`). An account that it makes with one
   * has it confirmed from the start. @default none
   */
  readonly provesMailboxOf?: readonly string[] | undefined;
  /** The only token purposes that this room can issue, read or spend. `user` is never one. */
  readonly purposes?: readonly string[] | undefined;
  /** Who sends this room's messages, by the message's purpose. */
  readonly senders?: Readonly<Record<string, SenderRef<never>>> | undefined;
  /** Parts of the app that it asks for by `ctx.inject`, by the option that names them. They are looked for at boot. */
  readonly injects?: Readonly<Record<string, readonly InjectedRef[]>> | undefined;
  /** Tables that it brings; migrations and boot checks follow. */
  readonly models?: readonly Model[] | undefined;
  /** What the routes look like; see {@link RouteOptions}. By phase. */
  readonly routes?: Routes | undefined;
  /** Called at boot, before {@link prepare}: all problems, each with its cure. It may look for a package, or read a secret. */
  readonly check?: ((resource: ResourceFacts) => readonly Problem[] | Promise<readonly Problem[]>) | undefined;
  /** Made ready at boot, away from any request: a dummy hash, a key. */
  readonly prepare?: (() => Promise<void>) | undefined;
  /** Drop every credential of this subject. */
  readonly forget?: ((subject: Subject, tx: DataLayer) => Promise<void>) | undefined;
  /**
   * The subject is being disabled. Drop what is to stay dead once it is enabled again; what carries the epoch is void by itself, and
   * what somebody remembers or has enrolled is to work again.
   */
  readonly disabled?: ((subject: Subject, tx: DataLayer) => Promise<void>) | undefined;
}

/** A column that a room needs in the resource's table. */
export interface RoomColumn extends Column {
  /** Only this room reads it; it is on no user that leaves the core. */
  readonly private: boolean;
  /** One account per value. @default false */
  readonly unique?: boolean | undefined;
  /** What it holds, where the resource does not say so itself. */
  readonly kind?: FieldKind | undefined;
  /**
   * Nullable, and a way in: the core writes null where it forgets the credentials of a subject, since a room cannot reach the
   * resource's table from `forget`. @default false
   */
  readonly credential?: boolean | undefined;
}

export interface ResourceFacts {
  readonly subjectName: string;
  /** Public fields and what they hold. */
  readonly fields: ReadonlyMap<string, FieldKind>;
  /** Fields whose mailboxes an add-on confirms, each with the public time field that says since when. */
  readonly confirmed: ReadonlyMap<string, string>;
  /** Its table: what may be null there, and what is unique. */
  readonly model: Model;
  /** Its sign-ins have no rows, so nothing ends one before it expires. */
  readonly isStateless: boolean;
}

/** Changes to a generated route. Decorators are Nest's own: `Throttle(…)`, `ApiOperation(…)`, `UseGuards(…)`. */
export interface RouteOptions {
  /** Below the strategy's path, instead of the phase's own. */
  readonly path?: string | undefined;
  /** False leaves the route out; code can still perform the phase. @default true */
  readonly enabled?: boolean | undefined;
  readonly decorators?: readonly (MethodDecorator | ClassDecorator)[] | undefined;
}
export type Routes = Readonly<Record<string, RouteOptions>>;

/** A way to sign in. Function-typed properties: methods would be compared bivariantly, and a strategy for another user would fit. */
export interface Strategy<U> extends Room<U> {
  /**
   * The second factor that this user has enrolled here.
   * @param data the data layer, or the transaction to ask in: nothing else is awaited
   */
  readonly factor?: ((user: U, ctx: StrategyContext<U>, data: DataLayer) => Promise<OfferedFactor | null>) | undefined;
  /**
   * How many ways in this user has here, for "never the last way in". Without it, none: a second step alone lets nobody in.
   * @param data as for {@link factor}
   */
  readonly waysIn?: ((user: U, ctx: StrategyContext<U>, data: DataLayer) => Promise<number>) | undefined;
  /** For strategies whose credential comes with each request, in a header. */
  readonly readCredential?: ((ctx: StrategyContext<U>) => Promise<Presented<U>>) | undefined;
  /** The header that it comes in, for documents: `authorization` where it comes as a bearer token. */
  readonly credentialHeader?: string | undefined;
}

/** `absent` is "nothing of mine here"; something of the strategy's that is bad is thrown. */
export type Presented<U> =
  'absent' | { readonly user: U; readonly credentialId: string; readonly scopes: ReadonlySet<string> };
