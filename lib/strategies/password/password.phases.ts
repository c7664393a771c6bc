import { SignInRequired } from '../../errors/index.js';
import {
  definePhase,
  identity,
  requestPhase,
  secret,
  textIn,
  type Field,
  type Outcome,
  type Phase,
  type Proof,
} from '../../strategy/index.js';
import type { PasswordActions } from './password.actions.js';
import type { ConfirmFirst } from './password.confirm-first.js';
import {
  acceptedField,
  newPasswordFields,
  textsIn,
  token,
  type ChangeFields,
  type CredentialFields,
  type RegisterFields,
  type ResetFields,
} from './password.fields.js';
import type { PasswordReset } from './password.reset.js';
import type { SignInTokenActions } from './password.sign-in-token.js';

/** POST. Makes an account and signs it in. */
export function registerPhase<U>(actions: PasswordActions<U>): Phase<U> {
  const { identityField, accept } = actions.options;
  return definePhase<U, RegisterFields>({
    ...registering(actions),
    guess: 'secret', // it tells whether an identity is taken: as many tries as for a password
    run: async (ctx, input) =>
      proved(await actions.register(ctx, textIn(input, identityField), input, textsIn(input, accept))),
  });
}

/** POST. Tells nobody whether there is such an account, and signs nobody in. */
export function registerFirstPhase<U>(actions: PasswordActions<U>, confirmFirst: ConfirmFirst<U>): Phase<U> {
  const { identityField, accept } = actions.options;
  return definePhase<U, RegisterFields>({
    ...registering(actions),
    guess: 'message', // it sends one, to whoever has the address
    async run(ctx, input) {
      await confirmFirst.register(ctx, textIn(input, identityField), input, textsIn(input, accept));
      return { kind: 'done' };
    },
  });
}

function registering<U>({ options }: PasswordActions<U>): Omit<Phase<U, RegisterFields>, 'guess' | 'run'> {
  const { identityField, accept } = options;
  const accepted = Object.fromEntries(accept.map((field) => [field, acceptedField()]));
  return {
    name: 'register',
    methods: ['POST'],
    fields: { ...accepted, [identityField]: identity(), ...newPasswordFields() },
    actor: 'anyone',
    identity: (input) => textIn(input, identityField),
  };
}

/** POST. */
export function signInPhase<U>(actions: PasswordActions<U>): Phase<U> {
  const { identityField } = actions.options;
  return definePhase<U, CredentialFields>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { [identityField]: identity(), password: secret() },
    actor: 'anyone',
    guess: 'secret',
    identity: (input) => textIn(input, identityField),
    run: async (ctx, input) => proved(await actions.signIn(ctx, textIn(input, identityField), input.password)),
  });
}

/** For code, and a route only where the app asks for one. Takes what `sign-in` takes and signs nobody in. */
export function issueSignInTokenPhase<U>(actions: PasswordActions<U>, tokens: SignInTokenActions<U>): Phase<U> {
  const { identityField } = actions.options;
  return definePhase<U, CredentialFields>({
    name: 'issue-sign-in-token',
    methods: ['POST'],
    fields: { [identityField]: identity(), password: secret() },
    actor: 'anyone',
    guess: 'secret',
    identity: (input) => textIn(input, identityField),
    async run(ctx, input) {
      const result = await tokens.issue(ctx, textIn(input, identityField), input.password);
      return { kind: 'done', result: { ...result } };
    },
  });
}

/** POST, not GET: following a link never signs anybody in. */
export function signInWithTokenPhase<U>(tokens: SignInTokenActions<U>): Phase<U> {
  return definePhase<U, { token: Field<string> }>({
    name: 'sign-in-with-token',
    methods: ['POST'],
    fields: { token: token() },
    actor: 'anyone',
    guess: 'secret',
    run: async (ctx, input) => proved(await tokens.redeem(ctx, input.token)),
  });
}

/** POST. */
export function resetRequestPhase<U>(actions: PasswordActions<U>, resetting: PasswordReset<U>): Phase<U> {
  return requestPhase('reset-request', actions.options.identityField, (ctx, address) => ({
    later: () => resetting.request(ctx, address),
  }));
}

/** POST. Sets a new password and signs nobody in: a second factor is asked for at the next sign-in. */
export function resetPhase<U>(resetting: PasswordReset<U>): Phase<U> {
  return definePhase<U, ResetFields>({
    name: 'reset',
    methods: ['POST'],
    fields: { resetToken: token(), ...newPasswordFields() },
    actor: 'anyone',
    guess: 'secret',
    async run(ctx, input) {
      await resetting.reset(ctx, input.resetToken, input);
      return { kind: 'done' };
    },
  });
}

/** POST. Takes a live sign-in and its password once more: this device goes on with a new sign-in, which is fresh. */
export function verifyPhase<U>(actions: PasswordActions<U>): Phase<U> {
  return definePhase<U, { password: Field<string> }>({
    name: 'verify',
    methods: ['POST'],
    fields: { password: secret() },
    actor: 'user',
    guess: 'secret',
    async run(ctx, input) {
      if (ctx.signIn === null) throw new SignInRequired();
      return proved(await actions.showAgain(ctx, ctx.signIn.subject, input.password));
    },
  });
}

/** POST. Takes a live sign-in and the present password; this device goes on with a new sign-in, all others end. */
export function changePhase<U>(actions: PasswordActions<U>): Phase<U> {
  return definePhase<U, ChangeFields>({
    name: 'change',
    methods: ['POST'],
    fields: { currentPassword: secret(), ...newPasswordFields() },
    actor: 'user',
    guess: 'secret',
    async run(ctx, input) {
      if (ctx.signIn === null) throw new SignInRequired();
      return proved(await actions.change(ctx, ctx.signIn.subject, input.currentPassword, input));
    },
  });
}

function proved<U>(proof: Proof<U>): Outcome<U> {
  return { kind: 'proved', proof };
}
