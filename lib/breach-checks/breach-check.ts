/**
 * Tells whether a password is known from a breach.
 *
 * @param password NFC.
 * @param signal Aborted as soon as nobody waits for the answer any more.
 * @throws whatever kept it from finding out; what then happens, the strategy's `onFailure` says. Its error is shown to nobody.
 */
export type BreachCheck = (password: string, signal: AbortSignal) => Promise<boolean>;
