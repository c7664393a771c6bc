import type { Type } from '@nestjs/common';
import type { DescribeRoute } from '../activities/index.js';
import type { AuthPlug, PlugFor } from '../plug/index.js';
import type { AnyResource, DataLayerAdapter, Resource } from '../resources/index.js';
import type { SecretSource } from '../secrets/index.js';
import type { DeliveryRef } from '../senders/index.js';
import type { SigningKeySource, SigningOptions } from '../tokens/index.js';
import type { ActivityIn, Performs, ReasonIn } from '../strategy/index.js';
import type { TenantOptions } from './tenant-options.js';

type UserOf<R> = R extends Resource<infer U> ? U : never;

/** Options of {@link defineOtpApp}. */
export interface OtpAppOptions<R extends readonly AnyResource[]> {
  /** In tokens (`aud`) and in the log. Changing it signs everybody out. */
  readonly name: string;
  /** A class that extends `AuthPlug`. */
  readonly plug: Type<PlugFor<UserOf<R[number]>>>;
  readonly resources: R;
  /** Where the app is reached, without a path: the only source of links, and the origin that forms must come from. */
  readonly publicUrl?: string | undefined;
  /** Newest first. Every key is derived from these. */
  readonly secrets?: SecretSource | undefined;
  /** How the tokens of sign-ins are signed. @default HS256, by keys derived from `secrets` */
  readonly signing?: SigningOptions | undefined;
  /** How often `secrets` and `signing.keys` are asked again, where they are functions: at most once in a day. @default 300 */
  readonly keyRefreshSeconds?: number | undefined;
  readonly dataLayer?: DataLayerAdapter | undefined;
  /** More origins that may post to the plug: a front end on another host. @default none */
  readonly trustedOrigins?: readonly string[] | undefined;
  /** For resources with a `tenantField`: whose request it is. @default no tenants */
  readonly tenants?: TenantOptions | undefined;
  /** `development` allows what production must not have: a store in memory. @default by `publicUrl`: loopback is development */
  readonly environment?: 'production' | 'development' | undefined;
  /** Gets every message in the place of its sender: a queue. Tried as often, and named in the same ways. @default the sender itself */
  readonly delivery?: DeliveryRef | undefined;
  /** Answer unknown places below the plug through `handleFailure`. @default true */
  readonly fallback?: boolean | undefined;
  /** Describes the generated routes: `openApi()` of `nest-auth-plug/openapi`. @default nothing is described */
  readonly openApi?: DescribeRoute | undefined;
  /** Write why somebody was refused to the debug log. Without secrets, but with subjects and addresses. @default false */
  readonly debugRefusals?: boolean | undefined;
}

/** What may come late, from `forRootAsync`. */
export interface LateOptions extends Pick<
  OtpAppOptions<readonly []>,
  'publicUrl' | 'secrets' | 'dataLayer' | 'trustedOrigins' | 'tenants'
> {
  /** In place of `signing.keys`. The algorithm stays in the app: it decides whether there is a route for public keys. */
  readonly signingKeys?: SigningKeySource | undefined;
}

/**
 * One application of this library: who can sign in, how, and what it looks like. The name comes from Erlang's OTP, where such
 * a thing is an "OTP app"; it has nothing to do with one-time passwords.
 */
export interface OtpApp extends Omit<OtpAppOptions<readonly Resource[]>, 'plug' | 'fallback' | 'debugRefusals'> {
  readonly plug: Type<AuthPlug>;
  readonly fallback: boolean;
  readonly debugRefusals: boolean;
}

/** An app whose type knows what its resources do: what `ActivityOf` and `ReasonOf` are made of. */
export type TypedOtpApp<R extends readonly AnyResource[]> = OtpApp &
  Performs<ActivityIn<R[number]>, ReasonIn<R[number]>>;

/** Describes an app for `AuthModule.forRoot`. What cannot work is found at boot, all at once. */
export function defineOtpApp<const R extends readonly AnyResource[]>({
  fallback = true,
  debugRefusals = false,
  plug,
  resources,
  ...options
}: OtpAppOptions<R>): TypedOtpApp<R> {
  // From here on users are objects: that plug and strategies are for the same ones was the compiler's to check.
  const erased = { plug: plug as Type<AuthPlug>, resources: resources as unknown as readonly Resource[] };
  return Object.freeze({ ...options, ...erased, fallback, debugRefusals });
}
