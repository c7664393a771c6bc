import { InvalidInput, SignInRequired } from '../../errors/index.js';
import { definePhase, identity, optionalText, secret, type Field, type Phase } from '../../strategy/index.js';
import { DAY } from '../../time/index.js';
import type { ConfirmationActions } from './confirmation.actions.js';
import { confirmPage } from './confirmation.page.js';

type LinkFields = { readonly token: Field<string>; readonly field: Field<string | undefined> };
type AddressFields = { readonly [field: string]: Field<string | undefined> };

/** Ours are shorter; a longer one is none. */
const MAX_TOKEN_BYTES = 4096;
/** Changes that one account may ask for: each sends two messages, and none has to be confirmed. */
const CHANGES = { limit: 10, windowSeconds: DAY };

/** GET. Where the mailed link leads: says what is to be confirmed, and consumes nothing. */
export function pagePhase<U extends object>(actions: ConfirmationActions<U>): Phase<U> {
  return definePhase<U, LinkFields>({
    name: 'page',
    path: 'confirm',
    methods: ['GET'],
    fields: linkFields(),
    actor: 'anyone',
    async run(ctx, { token, field = firstOf(actions) }) {
      const waiting = await actions.waiting(ctx, field, token);
      return { kind: 'reply', reply: confirmPage(ctx.links.to('confirm', {}), { token, field }, waiting) };
    },
  });
}

/** POST, in whatever browser. Signs nobody in. */
export function confirmPhase<U extends object>(actions: ConfirmationActions<U>): Phase<U> {
  return definePhase<U, LinkFields>({
    name: 'confirm',
    methods: ['POST'],
    fields: linkFields(),
    actor: 'anyone',
    guess: 'secret',
    async run(ctx, { token, field = firstOf(actions) }) {
      await actions.confirm(ctx, field, token);
      return { kind: 'done' };
    },
  });
}

/** POST. Answers before anything is looked up: the same, in the same time, whether there is such an account or not. */
export function resendPhase<U extends object>(actions: ConfirmationActions<U>): Phase<U> {
  return definePhase<U, AddressFields>({
    name: 'resend',
    methods: ['POST'],
    fields: addressFields(actions),
    actor: 'anyone',
    guess: 'message',
    identity: (input) => addressOf(actions, input)[1],
    async run(ctx, input) {
      const [field, address] = addressOf(actions, input);
      ctx.afterAnswer(() => actions.resend(ctx, field, address));
      return { kind: 'done' };
    },
  });
}

/** POST. For somebody who has just signed in. What is counted is messages to the new address. */
export function changePhase<U extends object>(actions: ConfirmationActions<U>): Phase<U> {
  return definePhase<U, AddressFields>({
    name: 'change',
    methods: ['POST'],
    fields: addressFields(actions),
    actor: 'fresh-user',
    guess: 'message',
    identity: (input) => addressOf(actions, input)[1],
    async run(ctx, input) {
      if (ctx.signIn === null) throw new SignInRequired();
      const { subject } = ctx.signIn;
      await ctx.limits.count(subject, CHANGES);
      await actions.change(ctx, subject, ...addressOf(actions, input));
      return { kind: 'done' };
    },
  });
}

function linkFields(): LinkFields {
  return { token: secret({ maxBytes: MAX_TOKEN_BYTES }), field: optionalText() };
}

function firstOf<U extends object>({ options }: ConfirmationActions<U>): string {
  return options.monitorFields[0];
}

/** One that is required, or several of which one is. */
function addressFields<U extends object>({ options }: ConfirmationActions<U>): AddressFields {
  const [first, ...others] = options.monitorFields;
  if (others.length === 0) return { [first]: identity() };
  const one: Field<string | undefined> = { ...optionalText({ maxBytes: 254 }), kind: 'identity' };
  return Object.fromEntries(options.monitorFields.map((field) => [field, one]));
}

/** @throws {InvalidInput} where none is given, or several are */
function addressOf<U extends object>(
  actions: ConfirmationActions<U>,
  input: Readonly<Record<string, string | undefined>>,
): readonly [field: string, address: string] {
  const given = actions.options.monitorFields.flatMap((field) => {
    const address = input[field];
    return address === undefined ? [] : [[field, address] as const];
  });
  const [only, ...others] = given;
  if (only === undefined) throw InvalidInput.of(firstOf(actions), 'required', 'is required');
  if (others.length > 0) throw InvalidInput.of(only[0], 'invalid', 'must be the only address');
  return only;
}
