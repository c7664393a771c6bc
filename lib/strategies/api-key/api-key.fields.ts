import { InvalidInput } from '../../errors/index.js';
import { optionalText, text, type Field } from '../../strategy/index.js';
import type { ResolvedApiKeyOptions } from './api-key.options.js';

const MAX_NAME_BYTES = 100;
const MAX_DIGITS = 20;

export type IssueFields = {
  readonly name: Field<string>;
  readonly scopes: Field<readonly string[]>;
  readonly lifetimeSeconds: Field<number>;
};

export function issueFields(options: ResolvedApiKeyOptions): IssueFields {
  return { name: nameField(), scopes: scopesField(options), lifetimeSeconds: lifetimeField(options) };
}

/** What the owner calls the key, in NFC. */
export function nameField(): Field<string> {
  const field = text({ maxBytes: MAX_NAME_BYTES });
  return {
    ...field,
    parse(name, raw) {
      const typed = field.parse(name, raw).normalize('NFC');
      if (/\p{Cc}/u.test(typed)) throw InvalidInput.of(name, 'invalid', 'is not valid');
      return typed;
    },
  };
}

/** Scopes with a space between (RFC 6749 §3.3), or none. */
function scopesField({ scopes: allowed }: ResolvedApiKeyOptions): Field<readonly string[]> {
  const field = optionalText({ maxBytes: Math.max(200, allowed.join(' ').length) });
  return {
    ...field,
    parse(name, raw) {
      const asked = new Set((field.parse(name, raw) ?? '').split(' ').filter((scope) => scope !== ''));
      if ([...asked].every((scope) => allowed.includes(scope))) return [...asked];
      const known = allowed.length === 0 ? 'empty: keys have no scopes here' : `out of: ${allowed.join(', ')}`;
      throw InvalidInput.of(name, 'unknown_scope', `must be ${known}`);
    },
  };
}

/** Whole seconds, as a JSON number or as text. */
function lifetimeField({ lifetimeSeconds, maxLifetimeSeconds }: ResolvedApiKeyOptions): Field<number> {
  const field = optionalText({ maxBytes: MAX_DIGITS });
  return {
    ...field,
    parse(name, raw) {
      const typed = field.parse(name, typeof raw === 'number' ? String(raw) : raw);
      if (typed === undefined) return lifetimeSeconds;
      if (!/^[1-9]\d*$/.test(typed)) throw InvalidInput.of(name, 'invalid', 'must be a whole number of seconds');
      if (Number(typed) <= maxLifetimeSeconds) return Number(typed);
      throw InvalidInput.of(name, 'too_long', `is longer than ${maxLifetimeSeconds} seconds`);
    },
  };
}
