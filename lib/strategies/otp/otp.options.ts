import { mailedFault, type IdentityFieldOption, type MailedSettings } from '../../strategy/index.js';
import { MINUTE } from '../../time/index.js';
import { isCharacters, otpGenerator, tooShortFor, type OtpCharacters, type OtpGenerator } from './otp.codes.js';

/** Options of {@link otp}, without the field. Its messages have the purpose `otp`. */
export interface OtpSettings extends MailedSettings<'otp'> {
  /** In routes and activities. kebab-case. @default 'otp' */
  readonly name?: string | undefined;
  /** From asking, in whole seconds. At most 600. @default 600 */
  readonly codeLifetimeSeconds?: number | undefined;
  /** What codes are made of. @default 'unambiguous-uppercase', 21 letters */
  readonly characters?: OtpCharacters | undefined;
  /** Characters of a code. There have to be a million codes: at least 6 digits, or 5 letters. @default 6 */
  readonly length?: number | undefined;
  /** False: `abc` is as good as `ABC`. What is around a code counts in neither case. @default false */
  readonly caseSensitive?: boolean | undefined;
  /** In place of `characters`, `length` and `caseSensitive`. @default the built-in one */
  readonly generator?: OtpGenerator | undefined;
  /**
   * The app's page on which codes are typed, root-relative; the mailed link to it has the query parameter `otp`.
   * @default a page of the strategy's own
   */
  readonly page?: string | undefined;
}

/** Options of {@link otp}. */
export type OtpOptions<U> = OtpSettings & IdentityFieldOption<U>;

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `otp()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedOtpOptions extends Whole<
  Omit<OtpSettings, 'page' | 'characters' | 'length' | 'caseSensitive'>
> {
  readonly identityField: string;
  /** Undefined: the strategy's own. */
  readonly page: string | undefined;
  /** Whether a telephone may show its keys for numbers. */
  readonly digitsOnly: boolean;
}

/** @throws {RangeError} when a value is out of range, or codes would be too few. */
export function resolveOtpOptions({
  sender,
  identityField = 'email',
  identity = identityField === 'email' ? 'email' : 'username',
  name = 'otp',
  codeLifetimeSeconds = 10 * MINUTE,
  registration = 'closed',
  page,
  routes = {},
  ...codes
}: OtpSettings & { readonly identityField?: string | undefined }): ResolvedOtpOptions {
  const fault = mailedFault(['codeLifetimeSeconds', codeLifetimeSeconds], { registration, page });
  demand(fault === null, String(fault));
  const about = { sender, identityField, identity, name, codeLifetimeSeconds, registration, page, routes };
  return Object.freeze({ ...about, ...resolveCodes(codes) });
}

type CodeSettings = Pick<OtpSettings, 'characters' | 'length' | 'caseSensitive' | 'generator'>;

function resolveCodes({ generator, ...made }: CodeSettings): Pick<ResolvedOtpOptions, 'generator' | 'digitsOnly'> {
  if (generator === undefined) return builtIn(made);
  const [unused] = Object.entries(made).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  demand(unused === undefined, `${unused} has no effect on a generator of your own: leave one of the two out`);
  return { generator, digitsOnly: false };
}

function builtIn({
  characters = 'unambiguous-uppercase',
  length = 6,
  caseSensitive = false,
}: Omit<CodeSettings, 'generator'>): Pick<ResolvedOtpOptions, 'generator' | 'digitsOnly'> {
  demand(isCharacters(characters), `characters must be one of the sets that there are, got ${characters}`);
  demand(Number.isSafeInteger(length) && length <= 64, `length must be a whole number up to 64, got ${length}`);
  const least = tooShortFor({ characters, length });
  demand(least === null, `length must be at least ${least} for '${characters}': a million codes, got ${length}`);
  return { generator: otpGenerator({ characters, length, caseSensitive }), digitsOnly: characters === 'digits' };
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`otp: ${message}`);
}
