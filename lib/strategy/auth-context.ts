import type { OfferedFactor, OfferedPhase } from '../errors/index.js';
import type { Subject } from '../resources/subject.js';
import type { Activity } from './activity.js';
import type { JsonObject } from './fields.js';

/** What everyone sees of one operation: facts, and no powers beyond cookies. */
export interface AuthContext {
  readonly transport: 'http' | 'graphql' | 'ws' | 'rpc' | 'call';
  /** Which resource; the activity does not say. Null for an unknown route. */
  readonly subjectName: string | null;
  readonly activity: Activity;
  readonly tenant: string | null;
  readonly client: Client;
  readonly headers: {
    /** Every value of a header, in order; the name in any case. */
    get(name: string): readonly string[];
  };
  readonly cookies: Cookies;
  /** By subject name, loaded once per operation. */
  readonly users: ReadonlyMap<string, unknown>;
  /** The sign-in in force for this operation. */
  readonly signIn: SignIn | null;
  /** A first step was proven; the core adds it to the next proof. */
  readonly pending: Pending | null;
  /** Wishes kept along the flow (`AddOn.carries`). */
  readonly carried: Readonly<Record<string, string>>;
  /** `result` of a phase that signs nobody in. */
  readonly result: JsonObject | null;
  /** Where to go afterwards: proven to be a path of this app. Null when nothing was asked for. */
  readonly returnTo: string | null;
  /** `{ request, response }` of Express or Fastify. For the code of a plug only. */
  native<T>(): T;
}

export interface Client {
  /** As the platform sees it: `trust proxy` decides. Null where there is none. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** What the client says it is talking to. A claim: links never come from it. */
  readonly claimedHost: string | null;
}

export interface Cookies {
  /** Null when missing; also when the request has two of the name. */
  get(name: string): string | null;
  /** False for messages and for calls from code. */
  readonly writable: boolean;
  /** @param lifetimeSeconds null for a cookie that ends with the browser */
  set(name: string, value: string, lifetimeSeconds: number | null): void;
  clear(name: string): void;
}

/** One sign-in: one row, of which the session cookie and the bearer token are two handles. */
export interface SignIn<U = unknown> {
  /** The row's id and the token's `jti`. No credential by itself. */
  readonly id: string;
  readonly subject: Subject;
  readonly user: U;
  readonly tenant: string | null;
  /** RFC 8176 `amr`. */
  readonly methods: readonly string[];
  /** When something was shown; for a remembered one, when that was the last time in its browser. */
  readonly authenticatedAt: Date;
  readonly secondFactorAt: Date | null;
  readonly expiresAt: Date;
  /** Nothing was shown in it: its browser is known from before. Never fresh; false again once something is shown. */
  readonly remembered: boolean;
  readonly actor: Subject | null;
  /** The bearer token; null on a sign-in that was loaded by its cookie. */
  readonly token: string | null;
  /** The app's own claims in the bearer token. Empty on a sign-in that was loaded by its cookie. */
  readonly claims: JsonObject;
  /** What add-ons give the client. */
  readonly issued: JsonObject;
  /** What came in a header instead of a sign-in, such as an API key. Null for a person who signed in. */
  readonly credential: HeaderCredential | null;
}

/** A credential that comes with each request: it has no row in `sign_ins`, and enters no phase. */
export interface HeaderCredential {
  /** The strategy that read it. */
  readonly strategy: string;
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
}

export interface Pending {
  readonly subject: Subject;
  readonly methods: readonly string[];
  readonly factors: readonly OfferedFactor[];
  /** Where one is required and none enrolled: the phases that enrol one, and all that this opens. */
  readonly enrolments: readonly OfferedPhase[];
  /** Opaque, for clients without cookies. Authenticates nowhere. */
  readonly flow: string;
}

export interface SignInSummary {
  /** Names the sign-in in the list and for ending it; no credential. */
  readonly listId: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly userAgent: string | null;
  /** `Firefox on Linux`: what a person calls the device. Null where the user agent names neither. */
  readonly deviceName: string | null;
  readonly current: boolean;
}
