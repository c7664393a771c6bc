import type { Problem } from '../errors/index.js';
import type { SigningAlgorithm } from './algorithm.js';
import { KEY_CURE, parseSigningKey, type KeyFault, type SigningKey, type SigningKeyText } from './signing-key.js';

/** Keys, newest first. One that is not there, such as a variable that is not set, is undefined. */
export type SigningKeyTexts = readonly (SigningKeyText | undefined)[];

/** Where keys come from. A function is called again while the app runs; it may ask a vault. */
export type SigningKeySource = SigningKeyTexts | (() => SigningKeyTexts | Promise<SigningKeyTexts>);

/** How the tokens of sign-ins are signed. What is not said is derived from `secrets`. */
export interface SigningOptions {
  /** Of the tokens that are made. */
  readonly algorithm: SigningAlgorithm;
  /**
   * For all but HS256. The first signs and has to be private; the others verify, and their public part suffices. Each is for the
   * one algorithm that its kind has here: P-256 ES256, Ed25519 EdDSA, RSA RS256.
   */
  readonly keys?: SigningKeySource | undefined;
  /**
   * Accept tokens by `keys` and tokens of HS256 alike, whichever of them are made: for the time that an app takes from one to the
   * other. @default false
   */
  readonly overlap?: boolean | undefined;
}

/** Keys that were read, and what is to become of those derived from `secrets`. */
export interface SigningKeys {
  readonly keys: readonly SigningKey[];
  readonly derivedKeys: 'sign' | 'verify' | 'unused';
}

/** What a source of keys answered: no keys where there is a problem, and with HS256 alone. */
export interface SigningKeysRead {
  readonly keys: SigningKeys | null;
  readonly problems: readonly Problem[];
}

const WHERE = 'signing.keys';

/**
 * Reads and checks the keys of an app.
 *
 * @throws what the source throws
 * @see RFC 8725 §3.1 and §3.5, OWASP ASVS 5.0 11.6.1
 */
export async function readSigningKeys({ algorithm, keys, overlap = false }: SigningOptions): Promise<SigningKeysRead> {
  const usesKeys = overlap || algorithm !== 'HS256';
  if (!usesKeys) return keys === undefined ? NOTHING : refused([{ where: WHERE, ...UNUSED }]);
  const texts: unknown = typeof keys === 'function' ? await keys() : (keys ?? []);
  if (!isList(texts)) return refused([{ where: WHERE, wrong: 'is not a list of keys', cure: 'write [key]' }]);
  const present = texts.flatMap((text, index) => (text === undefined && index > 0 ? [] : [text ?? '']));
  if (present.length === 0) return refused([{ where: WHERE, wrong: 'there is no key', cure: KEY_CURE }]);
  const read = await Promise.all(present.map(parseSigningKey));
  const problems = [...read.flatMap(problemsOf), ...checkNewest(read[0], algorithm), ...read.flatMap(checkTwin)];
  if (problems.length > 0) return refused(problems);
  const derivedKeys = algorithm === 'HS256' ? 'sign' : overlap ? 'verify' : 'unused';
  return { keys: { keys: read.filter(isKey), derivedKeys }, problems };
}

type Read = SigningKey | KeyFault;

function problemsOf(read: Read, index: number): readonly Problem[] {
  return isKey(read) ? [] : [{ where: at(index), ...read }];
}

function checkNewest(newest: Read | undefined, algorithm: SigningAlgorithm): readonly Problem[] {
  if (newest === undefined || !isKey(newest) || algorithm === 'HS256') return [];
  const { name } = newest.algorithm;
  return [
    ...(name === algorithm ? [] : [newestIs(`is a key for ${name}`, `write algorithm: '${name}'`)]),
    ...(newest.isPrivate ? [] : [newestIs('has no private part', 'put a private key first: it signs')]),
  ];
}

/** A key that is there twice, and another one under its name, are slips: which of them counts, nobody could tell. */
function checkTwin(read: Read, index: number, all: readonly Read[]): readonly Problem[] {
  if (!isKey(read)) return [];
  const first = all.findIndex((other) => isKey(other) && (other.kid === read.kid || isNamedAlike(other, read)));
  if (first === index) return [];
  const twin = all[first];
  const wrong = twin !== undefined && isKey(twin) && twin.kid === read.kid ? 'is the same key as' : 'has the `kid` of';
  return [{ where: at(index), wrong: `${wrong} ${at(first)}`, cure: 'leave one out' }];
}

const NOTHING: SigningKeysRead = { keys: null, problems: [] };
const UNUSED: KeyFault = {
  wrong: 'is there, and HS256 signs by `secrets` alone',
  cure: 'leave it out, write another algorithm, or overlap: true for the change from one to the other',
};

function isNamedAlike(one: SigningKey, other: SigningKey): boolean {
  return one.givenKid !== null && one.givenKid === other.givenKid;
}

function newestIs(wrong: string, cure: string): Problem {
  return { where: at(0), wrong, cure };
}

function at(index: number): string {
  return `${WHERE}[${index}]`;
}

function refused(problems: readonly Problem[]): SigningKeysRead {
  return { keys: null, problems };
}

function isKey(read: Read): read is SigningKey {
  return 'kid' in read;
}

function isList(value: unknown): value is SigningKeyTexts {
  return (
    Array.isArray(value) &&
    value.every((text) => ['string', 'object', 'undefined'].includes(typeof text) && text !== null)
  );
}
