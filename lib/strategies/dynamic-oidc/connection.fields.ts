import { AuthError, InvalidInput } from '../../errors/index.js';
import { optionalText, secret, text, type Field } from '../../strategy/index.js';
import { CLIENT_AUTHENTICATIONS, isConfidential, type ClientAuthentication } from '../oidc/index.js';
import { domainOf } from './email-domain.js';

const MAX_URL_BYTES = 500;
const MAX_SLUG_BYTES = 50;
const MAX_CLIENT_ID_BYTES = 255;
const MAX_SECRET_BYTES = 4096;
const MAX_DISPLAY_NAME_BYTES = 100;
const MAX_DOMAINS = 50;
const MAX_PAGE = 100;

/** Its id or its slug. */
export function connectionField(): Field<string> {
  return text({ maxBytes: MAX_SLUG_BYTES });
}

/** What a link names: letters, digits and hyphens. */
export function slugField(): Field<string> {
  return checked(text({ maxBytes: MAX_SLUG_BYTES }), 'must be kebab-case', (typed) =>
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(typed),
  );
}

/** To the letter as the provider spells itself. @param allowHttpOnLoopback a provider of development */
export function issuerField(allowHttpOnLoopback: boolean): Field<string> {
  const field = text({ maxBytes: MAX_URL_BYTES });
  return checked(field, 'must be an https URL without query, fragment and password', (typed) => {
    const url = URL.canParse(typed) ? new URL(typed) : null;
    if (url === null || /[\s?#]/.test(typed) || url.username !== '' || url.password !== '') return false;
    return isConfidential(url, allowHttpOnLoopback);
  });
}

export function clientIdField(): Field<string> {
  return checked(text({ maxBytes: MAX_CLIENT_ID_BYTES }), 'must be printable', isPrintable);
}

export function displayNameField(): Field<string> {
  return checked(text({ maxBytes: MAX_DISPLAY_NAME_BYTES }), 'must be printable', isPrintable);
}

export function clientSecretField(): Field<string | undefined> {
  const field = secret({ maxBytes: MAX_SECRET_BYTES });
  return { ...field, required: false, parse: (name, raw) => (isMissing(raw) ? undefined : field.parse(name, raw)) };
}

export function clientAuthenticationField(): Field<ClientAuthentication | undefined> {
  const field = optionalText();
  return {
    ...field,
    parse(name, raw) {
      const typed = field.parse(name, raw);
      const found = CLIENT_AUTHENTICATIONS.find((one) => one === typed);
      if (typed === undefined || found !== undefined) return found;
      throw InvalidInput.of(name, 'invalid', `must be one of ${CLIENT_AUTHENTICATIONS.join(', ')}`);
    },
  };
}

/** Null takes it away. */
export function iconUrlField(): Field<string | null | undefined> {
  const field = checked(text({ maxBytes: MAX_URL_BYTES }), 'must be an https URL', (typed) => {
    return URL.canParse(typed) && new URL(typed).protocol === 'https:';
  });
  const parse: Field<string | null | undefined>['parse'] = (name, raw) =>
    raw === null ? null : isMissing(raw) ? undefined : field.parse(name, raw);
  return { ...field, required: false, parse };
}

/** A list, or a text with a space between. In the spelling that addresses have; none takes all away. */
export function domainsField(): Field<readonly string[] | undefined> {
  return {
    ...optionalText({ maxBytes: MAX_DOMAINS * 254 }),
    parse(name, raw) {
      if (raw === undefined) return undefined;
      const typed: readonly unknown[] = typeof raw === 'string' ? raw.split(/[\s,]+/) : [raw].flat();
      const domains = new Set(typed.filter((one) => one !== '').map((one) => domainIn(name, one)));
      if (domains.size > MAX_DOMAINS) throw InvalidInput.of(name, 'too_many', `are more than ${MAX_DOMAINS}`);
      return [...domains].toSorted();
    },
  };
}

/** How many a page has. @default 50 */
export function limitField(): Field<number> {
  return {
    ...optionalText(),
    parse(name, raw) {
      const typed = Number(raw ?? MAX_PAGE / 2);
      if (Number.isInteger(typed) && typed >= 1 && typed <= MAX_PAGE) return typed;
      throw InvalidInput.of(name, 'invalid', `must be a whole number from 1 to ${MAX_PAGE}`);
    },
  };
}

/** For a change: what is not said stays as it is. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, required: false, parse: (name, raw) => (isMissing(raw) ? undefined : field.parse(name, raw)) };
}

function checked(field: Field<string>, message: string, holds: (typed: string) => boolean): Field<string> {
  return {
    ...field,
    parse(name, raw) {
      const typed = field.parse(name, raw);
      if (holds(typed)) return typed;
      throw InvalidInput.of(name, 'invalid', message);
    },
  };
}

function domainIn(name: string, raw: unknown): string {
  try {
    return domainOf(`somebody@${typeof raw === 'string' ? raw : ''}`);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw InvalidInput.of(name, 'invalid', 'must be domains such as acme.example');
  }
}

function isPrintable(typed: string): boolean {
  return typed.trim() !== '' && !/\p{Cc}/u.test(typed);
}

function isMissing(raw: unknown): boolean {
  return raw === undefined || raw === '';
}
