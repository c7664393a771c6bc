/** What a sealed value is and whose: it opens for the same alone, so that it is worth nothing in another row or column. */
export interface SealedAbout {
  readonly table: string;
  readonly column: string;
  /** A subject, or what else names the owner. */
  readonly owner: string;
}

/** A value that was sealed, as text again. */
export interface Opened {
  readonly plain: string;
  /** The same under the app's newest secret, to be kept instead; null where it is under that already. */
  readonly resealed: string | null;
}

/**
 * For secrets that a room has to read back, such as the seed of an authenticator app: AES-256-GCM under keys of this room's own, made
 * of the app's secrets. What can be compared by digest is not kept here.
 */
export interface Vault {
  /** @returns base64url; about a third longer than `plain`, and 38 characters */
  seal(about: SealedAbout, plain: string): string;
  /** @returns null for what was sealed about something else, or under a secret that the app has no more, and for anything else */
  open(about: SealedAbout, sealed: string): Opened | null;
}
