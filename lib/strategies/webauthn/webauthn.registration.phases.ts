import {
  definePhase,
  identity,
  requireFactorOfSignIn,
  textIn,
  type Field,
  type InputOf,
  type Outcome,
  type Phase,
} from '../../strategy/index.js';
import { registrationFields, type RegistrationFields } from './webauthn.fields.js';
import { enrollingSubject, started } from './webauthn.phases.js';
import type { Made, Registrations } from './webauthn.registrations.js';

/**
 * `registration-options` and `register`, both POST: a passkey more for whoever signed in a short while ago, with the second factor that
 * they have.
 */
export function registrationPhases<U>(registrations: Registrations<U>): readonly Phase<U>[] {
  const enrols = registrations.options.uses.includes('second-factor');
  return [
    definePhase<U, Record<never, never>>({
      name: 'registration-options',
      methods: ['POST'],
      fields: {},
      actor: 'fresh-user',
      enrols,
      async run(ctx) {
        requireFactorOfSignIn(ctx);
        return started(await registrations.begin(ctx, enrollingSubject(ctx)));
      },
    }),
    definePhase<U, RegistrationFields>({
      name: 'register',
      methods: ['POST'],
      fields: registrationFields(),
      actor: 'fresh-user',
      enrols,
      async run(ctx, input): Promise<Outcome<U>> {
        requireFactorOfSignIn(ctx);
        return { kind: 'proved', proof: await registrations.add(ctx, enrollingSubject(ctx), madeIn(input)) };
      },
    }),
  ];
}

/** `sign-up-options` and `sign-up`, both POST: an account whose way in is a passkey. */
export function signUpPhases<U>(registrations: Registrations<U>): readonly Phase<U>[] {
  const { identityField } = registrations.options;
  return [
    definePhase<U, { [identity: string]: Field<string> }>({
      name: 'sign-up-options',
      methods: ['POST'],
      fields: { [identityField]: identity() },
      actor: 'anyone',
      run: async (ctx, input) => started(await registrations.beginAccount(ctx, textIn(input, identityField))),
    }),
    definePhase<U, RegistrationFields>({
      name: 'sign-up',
      methods: ['POST'],
      fields: registrationFields(),
      actor: 'anyone',
      guess: 'secret', // it tells whether an identity is taken: as many tries as for a password
      async run(ctx, input): Promise<Outcome<U>> {
        return { kind: 'proved', proof: await registrations.makeAccount(ctx, madeIn(input)) };
      },
    }),
  ];
}

function madeIn({ credential, name, ceremony }: InputOf<RegistrationFields>): Made {
  return { credential, name, handle: ceremony };
}
