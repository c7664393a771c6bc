/**
 * What the message of each purpose holds. A room of your own adds its purposes, and every sender knows them:
 *
 * @example
 * declare module 'nest-auth-plug' {
 *   interface MessageContents { readonly invitation: { readonly link: URL } }
 * }
 */
export interface MessageContents {
  /** A link to set a new password. */
  readonly 'reset-password': LinkContents;
  /** A link that signs in. */
  readonly 'magic-link': LinkContents;
  /** A code that signs in, and a page with the code filled in where there is one. */
  readonly otp: CodeContents;
  /** A link that confirms an address. */
  readonly confirmation: LinkContents;
  /** To the address that an account has: another is asked for in its place. */
  readonly 'email-change-requested': object;
  /** To the address that was: another has taken its place. */
  readonly 'email-changed': object;
  /** To whoever has the address that somebody else wants for another account. */
  readonly 'change-attempt': object;
  /** To whoever has an account already, with the address that somebody registered. */
  readonly 'registration-attempt': object;
  /** A browser's cookie that remembers was copied, and both are signed out. */
  readonly 'remember-me-theft': object;
  /** To the address of an account: a link that lets an account at a provider, which claims this address, sign in to it. */
  readonly 'identity-link': LinkContents & ProviderNotice & { readonly accountName: string | null };
  /** An account at a provider signs in to the account from now on. */
  readonly 'identity-linked': ProviderNotice;
  /** It does so no more. */
  readonly 'identity-unlinked': ProviderNotice;
  /** Somebody signed in on a device that did not before. */
  readonly 'new-sign-in': { readonly signIn: SignInNotice };
  /** Somebody signs in by one more passkey. */
  readonly 'passkey-added': PasskeyContents;
  /** A passkey signs nobody in any more. */
  readonly 'passkey-removed': PasskeyContents;
  /** A second factor of the account, in words of the app's own, is another than before. */
  readonly 'second-factor-changed': { readonly factor: string; readonly change: 'added' | 'replaced' | 'removed' };
  /** Somebody showed a recovery code of the account in the place of its second factor; so many are left. */
  readonly 'recovery-code-used': { readonly codesLeft: number };
}

export interface PasskeyContents {
  /** What its owner calls it. */
  readonly passkeyName: string;
}

export interface LinkContents {
  /** Complete, from `publicUrl`. Holds the token. */
  readonly link: URL;
  /** How long it works, from now. */
  readonly lifetimeSeconds?: number | undefined;
}

export interface CodeContents {
  readonly code: string;
  readonly link?: URL | undefined;
  /** How long it works, from now. */
  readonly lifetimeSeconds?: number | undefined;
}

export interface ProviderNotice {
  /** What people call it: `Google`. */
  readonly provider: string;
}

/** What helps somebody to tell whether a sign-in was theirs. */
export interface SignInNotice {
  readonly at: Date;
  /** `Firefox on Linux`, in words of ours; null for an unknown program. */
  readonly deviceName: string | null;
  /** As the platform sees it; null where there is none. */
  readonly address: string | null;
}

/** What a message can be about. */
export type MessagePurpose = keyof MessageContents;

interface Addressed<P> {
  readonly purpose: P;
  /** The address or number, as stored. */
  readonly to: string;
  /** The user it is for, without private columns; null when there is none yet. */
  readonly user: unknown;
}

interface OfTenant {
  /** Whose it is, for words and senders of a tenant's own; null where there are no tenants. */
  readonly tenant: string | null;
}

type KeyOf<T> = T extends unknown ? keyof T : never;
/** So that a sender of several purposes can ask for each. */
type Without<K extends PropertyKey> = { readonly [N in K]?: undefined };

/** A message of one purpose, or of some. */
export type MessageOf<P extends MessagePurpose> = P extends MessagePurpose
  ? Addressed<P> &
      OfTenant &
      MessageContents[P] &
      Without<Exclude<KeyOf<MessageContents[MessagePurpose]>, keyof MessageContents[P]>>
  : never;

/** What leaves the app for a person: a mail, a text message. The sender turns it into words; `purpose` says what it holds. */
export type Message = MessageOf<MessagePurpose>;

/** A message as a strategy or add-on writes it: the core adds whose it is. Of a purpose that nobody declared, link and code. */
export type NewMessage<P extends string = MessagePurpose> = P extends MessagePurpose
  ? Addressed<P> & MessageContents[P]
  : Addressed<P> & Partial<LinkContents & CodeContents>;
