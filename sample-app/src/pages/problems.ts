import { InvalidInput, type AuthError } from 'nest-auth-plug';
import { html, type Html } from 'nest-auth-plug/pages';

/** The query of a page, as either platform parses it. */
export type Query = Readonly<Record<string, unknown>>;

/** A refusal on its way to the page that tells it: codes only, so nothing that somebody typed ends up in an address. */
export function problemQuery(reason: AuthError): Record<string, string> {
  const fields = reason instanceof InvalidInput ? reason.problems.map(({ field, code }) => `${field}.${code}`) : [];
  return { problem: reason.code, ...(fields.length > 0 && { fields: fields.join(' ') }) };
}

/** Words for codes: of what went well, and of refusals. */
export interface Said {
  readonly notices?: Sentences;
  readonly problems?: Sentences;
}

/**
 * What a page has to say at its top. Words are ours: whoever writes a link cannot put any into the page.
 *
 * @param own words of its room
 */
export function saidOn({ notice, problem }: Query, own: Said = {}): Html {
  const good = sentence({ ...NOTICES, ...own.notices }, notice);
  const bad = problem === undefined ? null : (sentence({ ...PROBLEMS, ...own.problems }, problem) ?? UNKNOWN);
  return html`${good !== null && html`<p role="status">${good}</p>`}${bad !== null && html`<p role="alert">${bad}</p>`}`;
}

/** What was wrong with one field of the form. */
export function problemOf(field: string, { fields }: Query): string | undefined {
  const codes = typeof fields === 'string' ? fields.split(' ') : [];
  const code = codes.find((one) => one.startsWith(`${field}.`))?.slice(field.length + 1);
  return code === undefined ? undefined : (sentence(FIELD_PROBLEMS, code) ?? 'Please check this.');
}

type Sentences = Readonly<Record<string, string>>;

function sentence(sentences: Sentences, code: unknown): string | null {
  return typeof code === 'string' && Object.hasOwn(sentences, code) ? (sentences[code] ?? null) : null;
}

const NOTICES: Sentences = {
  'signed-out': 'You are signed out.',
};

const PROBLEMS: Sentences = {
  ERR_CROSS_SITE_REFUSED: 'The form was sent from another site. Please send it from here.',
  ERR_FRESH_SIGN_IN_REQUIRED: 'To do this, sign in again.',
  ERR_INVALID_INPUT: 'Something is not right yet.',
  ERR_INVALID_TOKEN: 'This link is too old, or was used before. Ask for a new one.',
  ERR_LIMIT_EXCEEDED: 'Too many tries. Please wait a while.',
  ERR_NOT_FOUND: 'That is not there any more.',
  ERR_SIGN_IN_REQUIRED: 'Sign in first.',
};

const UNKNOWN = 'That did not work.';

const FIELD_PROBLEMS: Sentences = {
  invalid: 'This does not look right.',
  mismatch: 'The two passwords are not the same.',
  predictable: 'Your own name or address is too easy to guess.',
  required: 'Please fill this in.',
  taken: 'There is an account with this address already.',
  too_common: 'Many people have this password, so it is guessed first.',
  too_long: 'This is too long.',
  too_short: 'This is too short.',
  unchanged: 'You have this already.',
};
