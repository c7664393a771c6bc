import { InvalidToken, LimitExceeded } from '../../errors/index.js';
import type { JsonObject, Account, StrategyContext, TokenFacts } from '../../strategy/index.js';
import { DAY, HOUR } from '../../time/index.js';
import type { Arrival } from './authorization.js';
import type { ResolvedCommonOptions } from './common.options.js';
import type { Linking } from './linking.js';
import { accountNameIn } from './profile.js';

/** The purpose of the token behind a mailed link. */
export const LINK_PURPOSE = 'identity-link';
const LIFETIME_SECONDS = HOUR;
/** Whoever can claim an address at the provider can have its owner mailed. */
const MAILS = { limit: 3, windowSeconds: DAY };

/** What a mailed link is about. Tokens of the provider are not among it: who confirms signs in by the provider afterwards. */
export interface Waiting {
  readonly namespace: string;
  readonly uid: string;
  readonly accountName: string | null;
  /** Where the link was sent. */
  readonly address: string;
}

/** Identities that claim the address of an account: its owner is asked, at that address. */
export class LinkMails<U> {
  constructor(
    private readonly options: ResolvedCommonOptions,
    private readonly linking: Linking<U>,
  ) {}

  /** Voids the link before. @param address as the account has it */
  async send(ctx: StrategyContext<U>, account: Account<U>, arrival: Arrival, address: string): Promise<void> {
    if (!(await isWithinLimit(ctx, account))) return;
    const { user, subject, subjectEpoch } = account;
    const accountName = accountNameIn(arrival.claims);
    const waiting: Waiting = { namespace: arrival.departure.namespace, uid: arrival.uid, accountName, address };
    const lifetimeSeconds = LIFETIME_SECONDS;
    await ctx.data.transaction(async (tx) => {
      const about = { subject, subjectEpoch, lifetimeSeconds, data: { ...waiting } };
      const { token } = await ctx.tokens.issue(LINK_PURPOSE, about, tx);
      const link = ctx.links.to('link-page', { token });
      const contents = { provider: this.options.label, accountName, link, lifetimeSeconds };
      ctx.send({ purpose: 'identity-link', to: address, user, ...contents }, tx);
    });
  }

  /** For a page: consumes nothing. @throws {InvalidToken} */
  read(ctx: StrategyContext<U>, token: string): Promise<Waiting> {
    return waitingFor(ctx, token);
  }

  /**
   * Links the two, and signs nobody in. The mailbox is shown by it.
   *
   * @throws {InvalidToken} the same, whatever is wrong with the link
   */
  async confirm(ctx: StrategyContext<U>, token: string): Promise<void> {
    const { identityField: field } = this.options;
    const held = await ctx.tokens.read(LINK_PURPOSE, token);
    const account = held.subject === null ? null : await ctx.accounts.find(held.subject);
    if (account === null) throw new InvalidToken('unknown_user');
    const { address, ...named } = waitingIn(held);
    const { identity, owner } = await this.linking.known(ctx, named);
    if (owner !== null) throw new InvalidToken('identity_taken');
    await ctx.data.transaction(async (tx) => {
      const { subjectEpoch } = await ctx.tokens.spend(LINK_PURPOSE, token, tx);
      await this.linking.changeCredentials(ctx, account.subject, { field, address }, subjectEpoch, tx);
      const link = { ...named, subject: account.subject, orphan: identity };
      if (!(await this.linking.link(ctx, link, account.user, tx))) throw new InvalidToken('identity_taken');
    });
  }
}

/** What waits behind a mailed link. Consumes nothing. @throws {InvalidToken} */
export async function waitingFor<U>(ctx: StrategyContext<U>, token: string): Promise<Waiting> {
  return waitingIn(await ctx.tokens.read(LINK_PURPOSE, token));
}

async function isWithinLimit<U>(ctx: StrategyContext<U>, { subject }: Account<U>): Promise<boolean> {
  try {
    await ctx.limits.count(subject, MAILS);
    return true;
  } catch (error) {
    if (error instanceof LimitExceeded) return false;
    throw error;
  }
}

function waitingIn({ data }: Pick<TokenFacts, 'data'>): Waiting {
  return data as JsonObject & Waiting; // signed, or kept: only `send` above wrote it
}
