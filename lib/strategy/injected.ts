/** What Nest's container knows a part of the app by: its class, or the token that it is provided under. */
export type InjectedRef<P = unknown> = (abstract new (...dependencies: never[]) => P) | string | symbol;

/** Finds what a room has injected: `StrategyContext.inject`. */
export type Inject = <P>(ref: InjectedRef<P>) => P;

/** What a value may depend on. */
export interface Asked {
  readonly tenant: string | null;
}

/** A value that parts of the app answer: see {@link injected}. */
export class Injected<T> {
  /** @param refs of the parts, which are looked for at boot */
  constructor(
    readonly refs: readonly InjectedRef[],
    readonly answer: (inject: Inject, asked: Asked) => T | Promise<T>,
  ) {}
}

/** A value, or where it comes from: asked for each request, so that it may change, and be each tenant's own. */
export type Configured<T = string> = T | ((asked: Asked) => T | Promise<T>) | Injected<T>;

/**
 * A value out of a part of the app that Nest makes: its vault, its `ConfigService`. The app does not start where nobody provides it.
 *
 * @param ref The class of the part, or the token that it is provided under.
 * @param read Asked for each request, after the start.
 * @example
 * google({
 *   clientId: injected(ConfigService, (config) => config.getOrThrow<string>('GOOGLE_CLIENT_ID')),
 *   clientSecret: injected(Vault, (vault, { tenant }) => vault.read(`google/${tenant}`)),
 * });
 */
export function injected<P, T>(ref: InjectedRef<P>, read: (part: P, asked: Asked) => T | Promise<T>): Injected<T> {
  return new Injected([ref], (inject, asked) => read(inject(ref), asked));
}

/** Who asks for a value: a `StrategyContext` is. */
export interface Asker extends Asked {
  readonly inject: Inject;
}

/** @throws {TypeError} where there is none */
export async function configured<T>(value: Configured<T> | undefined, { tenant, inject }: Asker): Promise<T> {
  const found = await (value instanceof Injected
    ? value.answer(inject, { tenant })
    : isFunction(value)
      ? value({ tenant })
      : value);
  if (found === undefined || found === null) throw new TypeError('A function of the options answered nothing');
  return found;
}

/** What options have injected, for `Room.injects`: by option. */
export function injectedBy(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, readonly InjectedRef[]>> {
  const refs = Object.entries(options).flatMap(([name, value]) =>
    value instanceof Injected ? [[name, value.refs] as const] : [],
  );
  return Object.fromEntries(refs);
}

function isFunction<T>(value: Configured<T> | undefined): value is (asked: Asked) => T | Promise<T> {
  return typeof value === 'function';
}
