import type { SenderRef } from '../../senders/index.js';

/** Options of {@link newDeviceNotice}. */
export interface NewDeviceNoticeOptions<U> {
  /** Gets a message with the purpose `new-device`, and `signIn` for what it is about. */
  readonly sender: SenderRef<'new-sign-in'>;
  /** The public field of the user that holds the address. @default 'email' */
  readonly addressField?: Extract<keyof U, string> | undefined;
}

export interface ResolvedNewDeviceNoticeOptions {
  readonly sender: SenderRef<'new-sign-in'>;
  readonly addressField: string;
}

export function resolveNewDeviceNoticeOptions<U>({
  sender,
  addressField,
}: NewDeviceNoticeOptions<U>): ResolvedNewDeviceNoticeOptions {
  return { sender, addressField: addressField ?? 'email' };
}
