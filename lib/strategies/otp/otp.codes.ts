import { randomInt } from 'node:crypto';

/** Makes codes, and reads what people type of them. */
export interface OtpGenerator {
  /** As it is sent. Each as likely as any other, from `node:crypto`: there have to be a million or more. */
  generate(): string;
  /** What is compared: of a code as it was sent, and of what was typed. */
  normalise(typed: string): string;
}

/** What codes are made of. Nothing in it looks like another of it, or like a digit or letter that is not. */
const ALPHABETS = {
  digits: '0123456789',
  'unambiguous-uppercase': 'ABCDEFGHJKMNPQRTUVWXY',
  'unambiguous-alphanumeric': 'ABCDEFGHJKMNPQRTUVWXY346789',
} as const;

export type OtpCharacters = keyof typeof ALPHABETS;

/** Six digits. ASVS 6.5.3 asks for 20 bits, which are a million. */
const LEAST_CODES = 1_000_000;

/** How the built-in generator makes codes. */
export interface OtpCodes {
  readonly characters: OtpCharacters;
  readonly length: number;
  readonly caseSensitive: boolean;
}

/** Null where codes of this kind are as many as they have to be, else the shortest length that is. */
export function tooShortFor({ characters, length }: Pick<OtpCodes, 'characters' | 'length'>): number | null {
  const { length: letters } = ALPHABETS[characters];
  return letters ** length >= LEAST_CODES ? null : Math.ceil(Math.log(LEAST_CODES) / Math.log(letters));
}

export function isCharacters(name: string): name is OtpCharacters {
  return Object.hasOwn(ALPHABETS, name);
}

/** `randomInt` draws again what would make some letters more likely than others: no modulo bias. */
export function otpGenerator({ characters, length, caseSensitive }: OtpCodes): OtpGenerator {
  const alphabet = ALPHABETS[characters];
  const letter = () => alphabet.charAt(randomInt(alphabet.length));
  return {
    generate: () => Array.from({ length }, letter).join(''),
    normalise: (typed) => (caseSensitive ? typed.trim() : typed.trim().toUpperCase()),
  };
}
