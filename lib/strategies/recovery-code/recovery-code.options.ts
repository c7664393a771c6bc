import { HashQueue } from '../../hash-providers/index.js';
import type { SenderRef } from '../../senders/index.js';
import type { Routes } from '../../strategy/index.js';

/** Options of {@link recoveryCode}. */
export interface RecoveryCodeOptions<U> {
  /** In routes and activities. kebab-case. @default 'recovery-code' */
  readonly name?: string | undefined;
  /** What they are called, where people choose among their factors and in messages. @default 'Recovery code' */
  readonly label?: string | undefined;
  /** Codes of a set, from 10 to 20. @default 10 */
  readonly count?: number | undefined;
  /**
   * Tells the owner that a code was used, by messages of purpose `recovery-code-used`, and that there is another set:
   * `second-factor-changed`. @default nobody is told
   */
  readonly notices?: RecoveryCodeNotices<U> | undefined;
  /** Give several strategies the same one, to bound their memory together. @default a queue of this strategy's own */
  readonly hashQueue?: HashQueue | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

/** Options of `notices`. */
export interface RecoveryCodeNotices<U> {
  readonly sender: SenderRef<'recovery-code-used' | 'second-factor-changed'>;
  /** The public field that holds where to send. @default 'email' */
  readonly addressField?: Extract<keyof U, string> | undefined;
}

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `recoveryCode()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedRecoveryCodeOptions extends Whole<Omit<RecoveryCodeOptions<unknown>, 'notices'>> {
  /** Undefined: nobody is told. */
  readonly notices:
    | {
        readonly sender: SenderRef<'recovery-code-used' | 'second-factor-changed'>;
        readonly addressField: string;
      }
    | undefined;
}

/** ASVS 6.5.1 and 6.5.2 take so many for granted. */
const LEAST_CODES = 10;
const MOST_CODES = 20;

/** @throws {RangeError} when a value is out of range. */
export function resolveRecoveryCodeOptions<U>({
  name = 'recovery-code',
  label = 'Recovery code',
  count = 10,
  notices,
  hashQueue = new HashQueue(),
  routes = {},
}: RecoveryCodeOptions<U>): ResolvedRecoveryCodeOptions {
  demand(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name must be kebab-case, got ${name}`);
  demand(label.trim() !== '', 'label must not be empty');
  const isInRange = Number.isSafeInteger(count) && count >= LEAST_CODES && count <= MOST_CODES;
  demand(isInRange, `count must be a whole number from ${LEAST_CODES} to ${MOST_CODES}, got ${count}`);
  return Object.freeze({ name, label, count, notices: notices && resolveNotices(notices), hashQueue, routes });
}

function resolveNotices<U>({ sender, addressField }: RecoveryCodeNotices<U>) {
  return Object.freeze({ sender, addressField: addressField ?? 'email' });
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`recoveryCode: ${message}`);
}
