import {
  definePhase,
  requireFactorOfSignIn,
  text,
  type Field,
  type Outcome,
  type Phase,
} from '../../strategy/index.js';
import { nameField } from './webauthn.fields.js';
import type { Passkeys } from './webauthn.passkeys.js';
import { signedInSubject } from './webauthn.phases.js';

/** `list`, `rename` and `remove`: what owners do with their passkeys. */
export function passkeyPhases<U>(passkeys: Passkeys<U>): readonly Phase<U>[] {
  return [listPhase(passkeys), renamePhase(passkeys), removePhase(passkeys)];
}

/** GET. */
function listPhase<U>(passkeys: Passkeys<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    run: async (ctx) => ({ kind: 'done', result: { passkeys: await passkeys.list(ctx, signedInSubject(ctx)) } }),
  });
}

/** POST. */
function renamePhase<U>(passkeys: Passkeys<U>): Phase<U> {
  return definePhase<U, { passkeyId: Field<string>; name: Field<string> }>({
    name: 'rename',
    methods: ['POST'],
    fields: { passkeyId: text(), name: nameField() },
    actor: 'user',
    async run(ctx, { passkeyId, name }) {
      await passkeys.rename(ctx, signedInSubject(ctx), passkeyId, name);
      return { kind: 'done' };
    },
  });
}

/** POST. Whoever asks goes on with new handles; all others are signed out. */
function removePhase<U>(passkeys: Passkeys<U>): Phase<U> {
  return definePhase<U, { passkeyId: Field<string> }>({
    name: 'remove',
    methods: ['POST'],
    fields: { passkeyId: text() },
    actor: 'fresh-user',
    async run(ctx, { passkeyId }): Promise<Outcome<U>> {
      requireFactorOfSignIn(ctx);
      return { kind: 'renewed', effect: (tx) => passkeys.remove(ctx, passkeyId, tx) };
    },
  });
}
