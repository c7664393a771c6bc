import { SignInRequired } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import { definePhase, text, type AuthContext, type Field, type Phase } from '../../strategy/index.js';
import type { TrustedBrowsers } from './trusted-device.actions.js';

/** GET. The browsers that count as the second factor of whoever asks. */
export function listPhase<U extends object>(browsers: TrustedBrowsers<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    async run(ctx) {
      return { kind: 'done', result: { devices: await browsers.list(ctx, subjectIn(ctx)) } };
    },
  });
}

/** POST. Takes the `listId` of one of the caller's own, or `all`. Unknown and foreign are one and the same. */
export function revokePhase<U extends object>(browsers: TrustedBrowsers<U>): Phase<U> {
  return definePhase<U, { listId: Field<string> }>({
    name: 'revoke',
    methods: ['POST'],
    fields: { listId: text() },
    actor: 'user',
    async run(ctx, { listId }) {
      return { kind: 'done', result: { revoked: await browsers.revoke(ctx, subjectIn(ctx), listId) } };
    },
  });
}

function subjectIn({ signIn }: AuthContext): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}
