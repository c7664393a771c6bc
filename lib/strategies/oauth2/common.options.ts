import { Secret } from '../../secrets/index.js';
import type { SenderRef } from '../../senders/index.js';
import {
  Injected,
  type Configured,
  type IdentityFieldOption,
  type JsonObject,
  type Routes,
} from '../../strategy/index.js';
import {
  CLIENT_AUTHENTICATIONS,
  type ClientAuthentication,
  type ClientKey,
  type ClientSettings,
} from './client-authentication.js';
import { resolveCallSettings, type CallSettings, type ResolvedCallSettings } from './provider-calls.js';

type FieldOf<U> = Extract<keyof U, string>;

/** What these strategies tell people by mail. */
export type IdentityMessage = 'identity-link' | 'identity-linked' | 'identity-unlinked';

/** Where a user's fields come from: by field, the name of a claim, or a function of all of them. Undefined leaves the field out. */
export type ProfileMap<U> = { readonly [F in FieldOf<U>]?: string | ((claims: JsonObject) => U[F] | undefined) };

/** What every strategy by authorization code is told, whoever the provider is. */
export interface CommonSettings<U> {
  /** What people call the provider, in mails and on pages. @default the name */
  readonly label?: string | undefined;
  /** The app's name at the provider. */
  readonly clientId: Configured;
  /** How the app shows the provider who it is. @default 'basic' */
  readonly clientAuthentication?: ClientAuthentication | undefined;
  /** Of `basic`, `post` and `client_secret_jwt`, and then required. @default none */
  readonly clientSecret?: Configured<string | Secret> | undefined;
  /** Of `private_key_jwt`, and then required. @default none */
  readonly privateKey?: Configured<ClientKey> | undefined;
  /** More parameters of the authorization request. None of the protocol's. @default {} */
  readonly authorizationParams?: Readonly<Record<string, string>> | undefined;
  /** `open`: whoever is unknown gets an account, with the first sign-in. `closed`: they are refused. @default 'closed' */
  readonly registration?: 'open' | 'closed' | undefined;
  /** What the identity field holds. @default 'email' for a field named `email`, else 'username' */
  readonly identity?: 'email' | 'username' | undefined;
  /** What a new account has of the provider's claims; of later ones it takes nothing. @default the identity field, from the claim `email` */
  readonly profile?: ProfileMap<U> | undefined;
  /**
   * Whether `email_verified: true` of this provider shows the mailbox, as a mailed link does: an unknown identity with the address of an
   * account is linked to it then. Only for a provider that has the address confirmed before it says so. @default false
   */
  readonly trustEmailVerified?: boolean | undefined;
  /**
   * An unknown identity, not trusted, with the address of an account. `reject`: it is refused. `confirm`: it is refused as well, and the
   * account's owner gets a link that links the two.
   * @default 'reject'
   */
  readonly onEmailMatch?: 'reject' | 'confirm' | undefined;
  /** Tells the account's address what was linked and unlinked, and sends the links of `confirm`. @default nobody is told */
  readonly sender?: SenderRef<IdentityMessage> | undefined;
  /** Keeps the provider's tokens, sealed, for `AuthService.providerToken`. @default false */
  readonly keepTokens?: boolean | undefined;
  /** Bounds of the calls to the provider. @default {} */
  readonly calls?: CallSettings | undefined;
  /** For a provider that refuses RFC 7636. Without it a stolen code is worth a sign-in. @default false */
  readonly dangerouslyWithoutPkce?: boolean | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

/** With the field that holds the address, by which an unknown identity is compared with accounts. */
export type CommonOptions<U> = CommonSettings<U> & IdentityFieldOption<U>;

/** What was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedCommonOptions extends ClientSettings {
  readonly name: string;
  readonly label: string;
  readonly clientId: Configured;
  readonly authorizationParams: Readonly<Record<string, string>>;
  readonly registration: 'open' | 'closed';
  readonly identityField: string;
  readonly identity: 'email' | 'username';
  readonly profile: Readonly<Record<string, string | ((claims: JsonObject) => unknown)>>;
  readonly trustEmailVerified: boolean;
  readonly onEmailMatch: 'reject' | 'confirm';
  readonly sender: SenderRef<IdentityMessage> | undefined;
  readonly keepTokens: boolean;
  readonly calls: ResolvedCallSettings;
  readonly usesPkce: boolean;
  readonly routes: Routes;
}

type Unresolved<U> = CommonSettings<U> & {
  readonly name: string;
  readonly identityField?: string | undefined;
};

/** @throws {RangeError} when a value is out of range. */
export function resolveCommonOptions<U>({
  name,
  label = name,
  clientId,
  clientAuthentication = 'basic',
  clientSecret,
  privateKey,
  authorizationParams = {},
  registration = 'closed',
  identityField = 'email',
  identity = identityField === 'email' ? 'email' : 'username',
  profile = {},
  trustEmailVerified = false,
  onEmailMatch = 'reject',
  sender,
  keepTokens = false,
  calls = {},
  dangerouslyWithoutPkce = false,
  routes = {},
}: Unresolved<U>): ResolvedCommonOptions {
  demand(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name must be kebab-case, got ${name}`);
  demand(
    CLIENT_AUTHENTICATIONS.includes(clientAuthentication),
    `clientAuthentication must be one of ${CLIENT_AUTHENTICATIONS.join(', ')}, got ${clientAuthentication}`,
  );
  demand(['open', 'closed'].includes(registration), `registration must be 'open' or 'closed', got ${registration}`);
  demand(
    ['reject', 'confirm'].includes(onEmailMatch),
    `onEmailMatch must be 'reject' or 'confirm', got ${onEmailMatch}`,
  );
  const taken = Object.keys(authorizationParams).filter((param) => PROTOCOL_PARAMS.has(param));
  demand(taken.length === 0, `authorizationParams must leave out what the protocol needs, got ${taken.join(', ')}`);
  return Object.freeze({
    name,
    label,
    clientId,
    clientAuthentication,
    clientSecret: typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret,
    privateKey: isKey(privateKey) ? { ...privateKey, pem: hidden(privateKey.pem) } : privateKey,
    authorizationParams,
    registration,
    identityField,
    identity,
    profile: { [identityField]: 'email', ...profile },
    trustEmailVerified,
    onEmailMatch,
    sender,
    keepTokens,
    calls: resolveCallSettings(calls),
    usesPkce: !dangerouslyWithoutPkce,
    routes,
  });
}

/** What the strategy itself writes into an authorization request: RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1. */
export const PROTOCOL_PARAMS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
]);

/** One that is told, and not asked for. */
export function isKey(value: Configured<ClientKey> | undefined): value is ClientKey {
  return typeof value === 'object' && !(value instanceof Injected);
}

function hidden(value: string | Secret): Secret {
  return typeof value === 'string' ? new Secret(value) : value;
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`authorization code: ${message}`);
}
