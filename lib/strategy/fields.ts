import { InvalidInput } from '../errors/index.js';

export type JsonObject = { readonly [name: string]: unknown };

/** Input as it came in: own members only, of any type. */
export type RawInput = Readonly<Record<string, unknown>>;

/** One input of a phase: the same description serves checking, OpenAPI, forms and docs. */
export interface Field<T> {
  /**
   * `secret` is redacted wherever it is printed; `identity` is brought into the canonical spelling of the resource's field of
   * the same name before the phase sees it; `flag` takes a JSON boolean or a checkbox's text; `json` takes one bounded object.
   */
  readonly kind: 'text' | 'secret' | 'identity' | 'flag' | 'json';
  /** UTF-8 bytes of the text, or of the object as JSON. */
  readonly maxBytes: number;
  readonly required: boolean;
  /**
   * @param raw What came in, or undefined.
   * @throws {InvalidInput} naming the field, never its value.
   */
  parse(name: string, raw: unknown): T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type InputOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface FieldOptions {
  readonly maxBytes?: number | undefined;
}

/** A text that must be there. @default at most 200 bytes */
export function text({ maxBytes = 200 }: FieldOptions = {}): Field<string> {
  return { kind: 'text', maxBytes, required: true, parse: (name, raw) => requiredText(name, raw, maxBytes) };
}

/** A text that may be missing; an empty one counts as missing. @default at most 200 bytes */
export function optionalText({ maxBytes = 200 }: FieldOptions = {}): Field<string | undefined> {
  return { kind: 'text', maxBytes, required: false, parse: (name, raw) => boundedText(name, raw, maxBytes) };
}

/** A password, token or code. @default at most 1,024 bytes */
export function secret({ maxBytes = 1024 }: FieldOptions = {}): Field<string> {
  return { kind: 'secret', maxBytes, required: true, parse: (name, raw) => requiredText(name, raw, maxBytes) };
}

/** The address or name that somebody signs in with. At most 254 bytes. */
export function identity(): Field<string> {
  const maxBytes = 254;
  return { kind: 'identity', maxBytes, required: true, parse: (name, raw) => requiredText(name, raw, maxBytes) };
}

/** A yes or no, no when missing. Takes a JSON boolean, or `on`, `true`, `1` as a checkbox sends them. */
export function flag(): Field<boolean> {
  return {
    kind: 'flag',
    maxBytes: 5,
    required: false,
    parse(name, raw) {
      if (raw === undefined || raw === false || raw === '' || raw === 'false' || raw === '0' || raw === 'off')
        return false;
      if (raw === true || raw === 'true' || raw === '1' || raw === 'on') return true;
      throw InvalidInput.of(name, 'invalid', 'must be true or false');
    },
  };
}

/** One JSON object, as WebAuthn ceremonies send. @default at most 64 KiB */
export function json({ maxBytes = 64 * 1024 }: FieldOptions = {}): Field<JsonObject> {
  return {
    kind: 'json',
    maxBytes,
    required: true,
    parse(name, raw) {
      if (raw === undefined) throw InvalidInput.of(name, 'required', 'is required');
      if (!isPlainObject(raw)) throw InvalidInput.of(name, 'invalid', 'must be an object');
      if (Buffer.byteLength(JSON.stringify(raw)) > maxBytes) throw InvalidInput.of(name, 'too_long', 'is too long');
      return raw;
    },
  };
}

/**
 * The text of a field whose name the app has chosen: types cannot tell that it is among the fields of the phase.
 *
 * @throws {InvalidInput} where the runner would have refused before: for code that skips it
 */
export function textIn(input: Readonly<Record<string, string | undefined>>, field: string): string {
  const value = input[field];
  if (value === undefined) throw InvalidInput.of(field, 'required', 'is required');
  return value;
}

function requiredText(name: string, raw: unknown, maxBytes: number): string {
  const value = boundedText(name, raw, maxBytes);
  if (value === undefined) throw InvalidInput.of(name, 'required', 'is required');
  return value;
}

function boundedText(name: string, raw: unknown, maxBytes: number): string | undefined {
  if (raw === undefined || raw === '') return undefined;
  if (typeof raw !== 'string') throw InvalidInput.of(name, 'invalid', 'must be a text');
  if (Buffer.byteLength(raw) > maxBytes) throw InvalidInput.of(name, 'too_long', `is longer than ${maxBytes} bytes`);
  // U+FFFD is what a parser leaves of broken UTF-8; a lone surrogate or NUL reaches no database unchanged.
  if (/[\0\uFFFD]/.test(raw) || !raw.isWellFormed()) throw InvalidInput.of(name, 'invalid', 'is not valid text');
  return raw;
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
