import { textOf } from '../resources/index.js';
import type { MessagePurpose, SenderRef } from '../senders/index.js';
import { MINUTE } from '../time/index.js';
import { MAILED_SECRET, type MailedSecretOptions } from './mailed-secrets.js';
import type { Routes, Strategy } from './room.js';

type FieldOf<U> = Extract<keyof U, string>;

/** The field that holds the address, which somebody signs in with. One account per value; it is made unique. @default 'email' */
export type IdentityFieldOption<U> = 'email' extends keyof U
  ? { readonly identityField?: FieldOf<U> | undefined }
  : { readonly identityField: FieldOf<U> };

/** Options that rooms have in common which sign in by what they send. */
export interface MailedSettings<P extends MessagePurpose> {
  /** Sends the messages, to the identity. */
  readonly sender: SenderRef<P>;
  /** What the identity is: its canonical spelling depends on it. @default 'email' for a field named `email`, else 'username' */
  readonly identity?: 'email' | 'username' | undefined;
  /**
   * `open`: an address without an account gets a message as well, and its account with the first sign-in. `closed`: it gets nothing.
   * @default 'closed'
   */
  readonly registration?: 'open' | 'closed' | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

type Common = 'name' | 'columns' | 'registers' | 'provesMailboxOf' | 'purposes' | 'senders' | 'routes' | 'waysIn';

/**
 * What such a room says of itself to the core; its phases and its checks are its own.
 *
 * @param message the purpose of its messages
 */
export function mailedRoom<U>(
  message: string,
  options: Pick<MailedSecretOptions, 'identityField' | 'identity' | 'registration'> &
    Pick<MailedSettings<never>, 'sender' | 'routes'> & { readonly name: string },
): Pick<Strategy<U>, Common> {
  const { name, identityField, identity, registration, sender, routes } = options;
  return {
    name,
    columns: { [identityField]: { type: 'text', private: false, unique: true, kind: identity } },
    registers: registration === 'open' ? [identityField] : undefined,
    provesMailboxOf: identity === 'email' ? [identityField] : undefined,
    purposes: [MAILED_SECRET],
    senders: { [message]: sender },
    routes,
    waysIn: async (user) => (textOf(user, identityField) === '' ? 0 : 1),
  };
}

/**
 * What is wrong with the values that such rooms have in common; null for nothing.
 *
 * @param lifetime the option's name, and its value in seconds
 */
export function mailedFault(
  lifetime: readonly [name: string, seconds: number],
  { registration, page }: { readonly registration: string; readonly page: string | undefined },
): string | null {
  const [name, seconds] = lifetime;
  const isInTime = Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= 10 * MINUTE; // ASVS 6.5.5
  if (!isInTime) return `${name} must be a whole number from 1 to 600, got ${seconds}`;
  if (!['open', 'closed'].includes(registration)) return `registration must be 'open' or 'closed', got ${registration}`;
  const isPath = page === undefined || /^\/(?![/\\])/.test(page);
  return isPath ? null : `page must be a path that starts with one "/", got ${page}`;
}
