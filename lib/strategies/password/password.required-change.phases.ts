import type { Subject } from '../../resources/index.js';
import { definePhase, identity, secret, text, textIn, type Field, type Phase } from '../../strategy/index.js';
import type { PasswordActions } from './password.actions.js';
import { newPasswordFields, type ReplaceFields } from './password.fields.js';
import type { RequiredChange } from './password.required-change.js';

/** For code alone: who may say this, the app decides. */
export function requireChangePhase<U>(required: RequiredChange<U>): Phase<U> {
  return definePhase<U, { subject: Field<string> }>({
    name: 'require-change',
    methods: ['POST'],
    fields: { subject: text({ maxBytes: 1024 }) },
    actor: 'anyone',
    async run(ctx, { subject }) {
      await required.require(ctx, subject as Subject); // a text that is none finds no account
      return { kind: 'done' };
    },
  });
}

/** POST. For somebody whom signing in told to change the password first. Signs nobody in. */
export function replacePhase<U>(actions: PasswordActions<U>, required: RequiredChange<U>): Phase<U> {
  const { identityField } = actions.options;
  return definePhase<U, ReplaceFields>({
    name: 'replace',
    methods: ['POST'],
    fields: { [identityField]: identity(), currentPassword: secret(), ...newPasswordFields() },
    actor: 'anyone',
    guess: 'secret',
    identity: (input) => textIn(input, identityField),
    async run(ctx, input) {
      await required.replace(ctx, textIn(input, identityField), input.currentPassword, input);
      return { kind: 'done' };
    },
  });
}
