import { definePhase, text, type Field, type Phase } from '../../strategy/index.js';
import type { ApiKeyActions } from './api-key.actions.js';
import { issueFields, nameField, type IssueFields } from './api-key.fields.js';

/** POST. Makes a key of whoever signed in a short while ago: `result` holds it, this once. */
export function issuePhase<U>(actions: ApiKeyActions<U>): Phase<U> {
  return definePhase<U, IssueFields>({
    name: 'issue',
    methods: ['POST'],
    fields: issueFields(actions.options),
    actor: 'fresh-user',
    run: async (ctx, input) => ({ kind: 'done', result: { ...(await actions.issue(ctx, input)) } }),
  });
}

/** GET. */
export function listPhase<U>(actions: ApiKeyActions<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    run: async (ctx) => ({ kind: 'done', result: { keys: await actions.list(ctx) } }),
  });
}

/** POST. */
export function renamePhase<U>(actions: ApiKeyActions<U>): Phase<U> {
  return definePhase<U, { keyId: Field<string>; name: Field<string> }>({
    name: 'rename',
    methods: ['POST'],
    fields: { keyId: text(), name: nameField() },
    actor: 'user',
    async run(ctx, { keyId, name }) {
      await actions.rename(ctx, keyId, name);
      return { kind: 'done' };
    },
  });
}

/** POST. Asks for no fresh sign-in: a key that leaked is to die at once. */
export function revokePhase<U>(actions: ApiKeyActions<U>): Phase<U> {
  return definePhase<U, { keyId: Field<string> }>({
    name: 'revoke',
    methods: ['POST'],
    fields: { keyId: text() },
    actor: 'user',
    async run(ctx, { keyId }) {
      await actions.revoke(ctx, keyId);
      return { kind: 'done' };
    },
  });
}
