import { InvalidInput } from '../../errors/index.js';
import { json, optionalText, text, type Field, type JsonObject } from '../../strategy/index.js';

const MAX_NAME_BYTES = 100;
/** A statement with its certificates has some 8 KiB. */
const MAX_CREDENTIAL_BYTES = 32 * 1024;
/** As long as a flow may be anywhere. */
const MAX_CEREMONY_BYTES = 8192;

/** What the browser answered, and which options it answers where that is not in a cookie. */
export type AnswerFields = {
  readonly credential: Field<JsonObject>;
  readonly ceremony: Field<string | undefined>;
};

export type RegistrationFields = AnswerFields & { readonly name: Field<string | undefined> };

export function answerFields(): AnswerFields {
  return {
    credential: json({ maxBytes: MAX_CREDENTIAL_BYTES }),
    ceremony: { ...optionalText({ maxBytes: MAX_CEREMONY_BYTES }), kind: 'secret' },
  };
}

export function registrationFields(): RegistrationFields {
  return { ...answerFields(), name: named(optionalText({ maxBytes: MAX_NAME_BYTES })) };
}

/** What its owner calls a passkey, in NFC. */
export function nameField(): Field<string> {
  return named(text({ maxBytes: MAX_NAME_BYTES }));
}

function named<T extends string | undefined>(field: Field<T>): Field<T> {
  return {
    ...field,
    parse(name, raw) {
      const typed = field.parse(name, typeof raw === 'string' ? raw.normalize('NFC') : raw);
      if (/\p{Cc}/u.test(typed ?? '')) throw InvalidInput.of(name, 'invalid', 'is not valid');
      return typed;
    },
  };
}
