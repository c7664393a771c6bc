import { optionalText, secret, type Field } from '../../strategy/index.js';

type Text = Field<string>;

/** An identity under the name that the app gave it, and a password. */
export type CredentialFields = { readonly password: Text } & { readonly [identity: string]: Text };
export type NewPasswordFields = { readonly password: Text; readonly passwordConfirmation: Text };
export type ResetFields = NewPasswordFields & { readonly resetToken: Text };
export type ChangeFields = NewPasswordFields & { readonly currentPassword: Text };
export type ReplaceFields = ChangeFields & { readonly [identity: string]: Text };
export type RegisterFields = NewPasswordFields & { readonly [field: string]: Text | Field<string | undefined> };

/** Ours are shorter; a longer one is none. */
const MAX_TOKEN_BYTES = 4096;

export function newPasswordFields(): NewPasswordFields {
  return { password: secret(), passwordConfirmation: secret() };
}

export function token(): Text {
  return secret({ maxBytes: MAX_TOKEN_BYTES });
}

/** A public field that `register` takes. Kind `identity`: it comes in the canonical spelling of whatever kind it is. */
export function acceptedField(): Field<string | undefined> {
  return { ...optionalText(), kind: 'identity' };
}

/** Those of the fields that were typed. */
export function textsIn(
  input: Readonly<Record<string, string | undefined>>,
  fields: readonly string[],
): Readonly<Record<string, string>> {
  const typed: Record<string, string> = {};
  for (const field of fields) {
    const value = input[field];
    if (value !== undefined) typed[field] = value;
  }
  return typed;
}
