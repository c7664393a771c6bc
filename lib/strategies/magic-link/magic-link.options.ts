import { mailedFault, type IdentityFieldOption, type MailedSettings } from '../../strategy/index.js';
import { MINUTE } from '../../time/index.js';

/** Options of {@link magicLink}, without the field. Its messages have the purpose `magic-link`. */
export interface MagicLinkSettings extends MailedSettings<'magic-link'> {
  /** In routes and activities. kebab-case. @default 'magic-link' */
  readonly name?: string | undefined;
  /** From sending, in whole seconds. At most 600. @default 600 */
  readonly tokenLifetimeSeconds?: number | undefined;
  /**
   * The app's page that the link opens, root-relative; it gets the query parameter `token`, which a button of it posts to `sign-in`.
   * @default a page of the strategy's own
   */
  readonly page?: string | undefined;
}

/** Options of {@link magicLink}. */
export type MagicLinkOptions<U> = MagicLinkSettings & IdentityFieldOption<U>;

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `magicLink()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedMagicLinkOptions extends Whole<Omit<MagicLinkSettings, 'page'>> {
  readonly identityField: string;
  /** Undefined: the strategy's own. */
  readonly page: string | undefined;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveMagicLinkOptions({
  sender,
  identityField = 'email',
  identity = identityField === 'email' ? 'email' : 'username',
  name = 'magic-link',
  tokenLifetimeSeconds = 10 * MINUTE,
  registration = 'closed',
  page,
  routes = {},
}: MagicLinkSettings & { readonly identityField?: string | undefined }): ResolvedMagicLinkOptions {
  const fault = mailedFault(['tokenLifetimeSeconds', tokenLifetimeSeconds], { registration, page });
  if (fault !== null) throw new RangeError(`magicLink: ${fault}`);
  return Object.freeze({ sender, identityField, identity, name, tokenLifetimeSeconds, registration, page, routes });
}
