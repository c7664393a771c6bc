import { InvalidToken, UniqueViolation } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { CodeContents, LinkContents } from '../senders/index.js';
import type { JsonObject } from './fields.js';
import type { Proof } from './outcome.js';
import type { Account, StrategyContext, TokenFacts } from './strategy-context.js';

/** The token purpose of mailed secrets: a room that has them declares it. */
export const MAILED_SECRET = 'sign-in';

/** What a room sends, and to whom. */
export interface MailedSecretOptions {
  /** The identity that is the address, as somebody types it and as it is stored. */
  readonly identityField: string;
  /** What the identity is. A username may be a telephone number, say. */
  readonly identity: 'email' | 'username';
  readonly lifetimeSeconds: number;
  /** Whether an address without an account gets one, with the first sign-in. */
  readonly registration: 'open' | 'closed';
}

/** What the secret is sent with. */
export type MailedContents =
  (LinkContents & { readonly purpose: 'magic-link' }) | (CodeContents & { readonly purpose: 'otp' });

/** What is kept of one secret until it comes back. */
export interface KeptSecret {
  /** @default a random one */
  readonly id?: string | undefined;
  readonly data?: JsonObject | undefined;
}

/** A secret that came back. */
export interface ReturnedSecret<U> {
  /** Where it went. */
  readonly address: string;
  /** Whoever has the address now, read after `held` was. */
  readonly account: Account<U> | null;
  readonly held: TokenFacts;
  /** Leads to `held`: what is spent. */
  readonly token: string | TokenFacts;
}

/**
 * Links and codes alike: a secret goes to an address, and whoever sends it back has shown to read what arrives there. One is live
 * per address. Rooms may not import each other, and these two must do it alike, so it is said here.
 */
export class MailedSecrets<U> {
  constructor(private readonly options: MailedSecretOptions) {}

  /**
   * Makes a secret and sends it, unless nobody is there who could use it. Voids the one before.
   *
   * @param address canonical
   * @param kept what is kept of it, given whom it is about
   * @param message what the secret is sent with, given its token
   */
  async issue(
    ctx: StrategyContext<U>,
    address: string,
    kept: (subject: Subject | null) => KeptSecret,
    message: (token: string) => MailedContents,
  ): Promise<void> {
    const { identityField, lifetimeSeconds, registration } = this.options;
    const account = await ctx.accounts.findByIdentity(identityField, address);
    if (account === null && registration === 'closed') return;
    const { user = null, subject = null, subjectEpoch = 0 } = account ?? {};
    const { id, data } = kept(subject);
    // The topic is the address: so a link from before an account was made is void as well.
    const about = { id, subject, subjectEpoch, topic: address, lifetimeSeconds, data: { ...data, address } };
    await ctx.data.transaction(async (tx) => {
      const { token } = await ctx.tokens.issue(MAILED_SECRET, about, tx);
      ctx.send({ ...message(token), to: address, user, lifetimeSeconds }, tx);
    });
  }

  /**
   * What it proves: that whoever sends it reads the mail of its address. It is spent as the proof takes effect, and so is an account made.
   *
   * @throws {InvalidToken} where the account that it is about has another address by now, or is gone
   */
  async prove(ctx: StrategyContext<U>, { address, account, held, token }: ReturnedSecret<U>): Promise<Proof<U>> {
    if (!isFor(held, account)) throw new InvalidToken('address_changed');
    const spend = async (tx: DataLayer) => void (await ctx.tokens.spend(MAILED_SECRET, token, tx));
    const { identityField: field, identity } = this.options;
    const proven = account === null ? await this.#register(ctx, address, spend) : { ...account, effect: spend };
    const { user, subjectEpoch, effect, effectStands } = { effectStands: false, ...proven };
    const mailbox = identity === 'email' ? { field, address } : undefined;
    return { user, methods: [METHODS[identity]], factors: 1, mailbox, subjectEpoch, effect, effectStands };
  }

  async #register(ctx: StrategyContext<U>, address: string, spend: (tx: DataLayer) => Promise<void>) {
    const { identityField, registration } = this.options;
    if (registration === 'closed') throw new InvalidToken('unknown_user');
    // Somebody registered the address this very moment. The secret is not spent: sent again it signs in to that account.
    const refused = (error: unknown): never => {
      throw error instanceof UniqueViolation ? new InvalidToken('registered_meanwhile') : error;
    };
    const { user, subjectEpoch, create } = await ctx.accounts.draft({ [identityField]: address }, spend).catch(refused);
    return { user, subjectEpoch, effect: (tx: DataLayer) => create(tx).catch(refused), effectStands: true };
  }
}

/**
 * Whether a secret is for the account that has its address now. One about nobody is for whoever has the address since: it shows as much
 * of them; but not where they have changed a credential or signed out everywhere, which is to void whatever was under way.
 */
function isFor<U>({ subject, subjectEpoch }: TokenFacts, account: Account<U> | null): boolean {
  if (subject !== null) return subject === account?.subject;
  return account === null || account.subjectEpoch === subjectEpoch;
}

/** The address that a secret was sent to. */
export function addressIn({ data }: { readonly data: JsonObject }): string {
  const { address } = data;
  if (typeof address !== 'string') throw new TypeError('A mailed secret is kept with its address');
  return address;
}

/**
 * RFC 8176 §2 has no value for mail. `otp` would be wrong: a link and a code to one mailbox show the same thing, and neither shows
 * what an authenticator app does, which is `otp` and must be able to come second. `mca` is "more than one channel", and says
 * no more where only the app knows which.
 */
const METHODS = { email: 'mail', username: 'mca' } as const;
