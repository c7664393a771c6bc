import { resolveOidcOptions, type CallSettings, type OidcSettings, type ResolvedOidcOptions } from '../oidc/index.js';

/** What is each connection's own, and what this room has not. */
type OfConnections =
  'issuer' | 'clientId' | 'clientAuthentication' | 'clientSecret' | 'label' | 'keepTokens' | 'calls' | 'name';

/** Options of {@link dynamicOidc}, without the field. */
export interface DynamicOidcSettings<U> extends Omit<OidcSettings<U>, OfConnections> {
  /** In routes and activities. kebab-case. @default 'sso' */
  readonly name?: string | undefined;
  /** Bounds of the calls to providers. @default {} */
  readonly calls?: Pick<CallSettings, 'timeoutSeconds' | 'maxBytes'> | undefined;
  /**
   * Providers may be in this network, and on this machine by plain http. For development, and for an app whose connections nobody but
   * its operator writes: others could make it call what is not theirs.
   * @default false
   */
  readonly allowPrivateIssuers?: boolean | undefined;
  /** The app's page for an address that no connection is for, root-relative. @default '/' */
  readonly otherwise?: string | undefined;
}

/** What `dynamicOidc()` was told, made whole. */
export interface ResolvedDynamicOidcOptions {
  /** Of a connection that there is not: whatever is asked of it leads nowhere. */
  readonly oidc: ResolvedOidcOptions;
  readonly allowPrivateIssuers: boolean;
  readonly otherwise: string;
  /** Those of one connection. @throws {RangeError} */
  readonly optionsOf: (connection: OfConnection) => ResolvedOidcOptions;
}

/** What a connection says of itself. */
export type OfConnection = Pick<
  OidcSettings<never>,
  'issuer' | 'clientId' | 'clientAuthentication' | 'clientSecret' | 'label'
>;

/** `.invalid` is nobody's (RFC 2606 §2). */
const NO_CONNECTION: OfConnection = {
  issuer: 'https://no-connection.invalid',
  clientId: 'none',
  clientAuthentication: 'none',
  label: 'your organisation',
};

/** @throws {RangeError} when a value is out of range. */
export function resolveDynamicOidcOptions<U>({
  name = 'sso',
  calls = {},
  allowPrivateIssuers = false,
  otherwise = '/',
  ...settings
}: DynamicOidcSettings<U> & { readonly identityField?: string | undefined }): ResolvedDynamicOidcOptions {
  const isPath = /^\/(?![/\\])/.test(otherwise);
  if (!isPath) throw new RangeError(`dynamicOidc: otherwise must be a path that starts with one "/", got ${otherwise}`);
  const bounds = {
    ...calls,
    allowHttpOnLoopback: allowPrivateIssuers,
    refusePrivateAddresses: !allowPrivateIssuers,
  };
  const optionsOf = (connection: OfConnection) =>
    resolveOidcOptions<U>({ ...settings, ...connection, name, calls: bounds });
  return Object.freeze({ oidc: optionsOf(NO_CONNECTION), allowPrivateIssuers, otherwise, optionsOf });
}
