import type { AddOn } from 'nest-auth-plug';

/** Says that `email` is confirmed, and leaves it to proofs of the mailbox. */
export function confirming<U>(): AddOn<U> {
  return {
    name: 'confirming',
    phases: [],
    columns: { emailConfirmedAt: { type: 'time', private: false, nullable: true, kind: 'time' } },
    confirms: { email: 'emailConfirmedAt' },
  };
}
