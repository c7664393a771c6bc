import { InvalidInput, type FieldProblem } from '../errors/index.js';
import type { Resource } from '../resources/index.js';
import { canonicalIdentity } from '../resources/index.js';
import type { Fields, InputOf, RawInput } from '../strategy/index.js';

/** Input that is no field of a phase, and yet understood with each. */
export interface Riders {
  /** Handle of a pending flow, for clients without cookies. */
  readonly flow: string | undefined;
  /** Where to go afterwards; not yet proven safe. */
  readonly returnTo: string | undefined;
  readonly carried: Readonly<Record<string, string>>;
}

const MAX_RIDER_BYTES = 8192;
/** Wishes are sealed into the cookie of a flow, which holds 4 KiB. */
const MAX_CARRIED_BYTES = 200;

/** Of all that no field asks for, names included. Fields have bounds of their own. */
const MAX_UNDECLARED_BYTES = 16 * 1024;

/**
 * Checks input against the declared fields. Unknown texts are left out; anything else that is not declared is refused, so
 * that no array or object slips past, and so is more of it than any form of a browser sends.
 *
 * @throws {InvalidInput} with every problem; values are never quoted.
 */
export function readInput<F extends Fields>(
  raw: RawInput,
  fields: F,
  resource: Pick<Resource, 'fieldKinds'>,
): InputOf<F> {
  const problems: FieldProblem[] = undeclared(raw, fields);
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    collect(problems, () => {
      const value = field.parse(name, raw[name]);
      const canonical = field.kind === 'identity' && typeof value === 'string';
      input[name] = canonical ? canonicalIdentity(resource.fieldKinds.get(name) ?? 'text', name, value) : value;
    });
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return input as InputOf<F>; // each member was made by the field of its name
}

/** @throws {InvalidInput} */
export function readRiders(raw: RawInput, carries: readonly string[]): Riders {
  const carried: Record<string, string> = {};
  for (const name of carries) {
    const value = rider(raw, name, MAX_CARRIED_BYTES);
    if (value !== undefined) carried[name] = value;
  }
  return { flow: rider(raw, 'flow'), returnTo: rider(raw, 'returnTo'), carried };
}

function rider(raw: RawInput, name: string, maxBytes = MAX_RIDER_BYTES): string | undefined {
  const value = raw[name];
  if (value === undefined || value === '') return undefined;
  const text = typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string' || Buffer.byteLength(text) > maxBytes || /\p{Cc}/u.test(text)) {
    throw InvalidInput.of(name, 'invalid', 'is not valid');
  }
  return text;
}

function undeclared(raw: RawInput, fields: Fields): FieldProblem[] {
  const others = Object.entries(raw).filter(([name]) => !Object.hasOwn(fields, name));
  if (others.some(([, value]) => typeof value !== 'string' && typeof value !== 'boolean')) {
    return [{ field: '*', code: 'invalid', message: 'only texts are taken: no list, object, number or null' }];
  }
  const bytes = others.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${String(value)}`), 0);
  return bytes > MAX_UNDECLARED_BYTES ? [{ field: '*', code: 'too_long', message: 'is more than is taken' }] : [];
}

function collect(problems: FieldProblem[], step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
  }
}
