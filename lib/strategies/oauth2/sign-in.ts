import { Overtaken, UniqueViolation } from '../../errors/index.js';
import type { DataLayer, FieldKind, Row } from '../../resources/index.js';
import type { Account, Mailbox, Proof, StrategyContext } from '../../strategy/index.js';
import { METHODS, type Arrival } from './authorization.js';
import type { ResolvedCommonOptions } from './common.options.js';
import type { Identity, Named, NewIdentity } from './identities.js';
import type { LinkMails } from './link-mails.js';
import type { Known, Linking } from './linking.js';
import { fail } from './oauth2.errors.js';
import { accountNameIn, profileIn, saysVerified } from './profile.js';
import type { TokenKeeping } from './token-keeping.js';

/** Which account somebody is who comes from the provider. Only the provider's own name for them says so, never an address. */
export class ProviderSignIn<U> {
  constructor(
    private readonly options: ResolvedCommonOptions,
    private readonly linking: Linking<U>,
    private readonly mails: LinkMails<U>,
    private readonly keeping: TokenKeeping<U>,
    private readonly kindsOf: (ctx: StrategyContext<U>) => ReadonlyMap<string, FieldKind>,
  ) {}

  /** @throws {AuthenticationFailed} the same, whatever is in the way */
  async prove(ctx: StrategyContext<U>, arrival: Arrival): Promise<Proof<U>> {
    try {
      return await this.#prove(ctx, arrival);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      return this.#prove(ctx, arrival); // whoever was first has made the account: it is this identity's, or has its address
    }
  }

  /** Shown once more, by who is signed in. @throws {AuthenticationFailed} for the identity of another, or of nobody */
  async proveAgain(ctx: StrategyContext<U>, arrival: Arrival): Promise<Proof<U>> {
    const { identity, owner } = await this.linking.known(ctx, nameIn(arrival));
    if (identity === null || owner?.subject !== arrival.departure.subject) return fail('another_identity');
    return this.#known(ctx, arrival, identity, owner);
  }

  async #prove(ctx: StrategyContext<U>, arrival: Arrival): Promise<Proof<U>> {
    const before = await this.linking.known(ctx, nameIn(arrival));
    const returning = this.#returning(ctx, arrival, before);
    if (returning !== null) return returning;
    const profile = profileIn(this.options, arrival.claims, this.kindsOf(ctx));
    const address = profile[this.options.identityField];
    if (typeof address !== 'string') return fail('no_address');
    const holder = await ctx.accounts.findByIdentity(this.options.identityField, address);
    if (holder === null) return this.#register(ctx, { ...arrival, orphan: before.identity }, profile, address);
    // An account and its identity are made in one transaction: who sees the one may have missed the other a moment ago.
    const now = await this.linking.known(ctx, nameIn(arrival));
    const made = this.#returning(ctx, arrival, now);
    return made ?? this.#match(ctx, { ...arrival, orphan: now.identity }, holder, address);
  }

  #returning(ctx: StrategyContext<U>, arrival: Arrival, { identity, owner }: Known<U>): Proof<U> | null {
    return identity === null || owner === null ? null : this.#known(ctx, arrival, identity, owner);
  }

  /** Whatever the provider says of them by now, they are who they were. */
  #known(ctx: StrategyContext<U>, { tokens }: Arrival, identity: Identity, account: Account<U>): Proof<U> {
    const { user, subjectEpoch } = account;
    const effect = async (tx: DataLayer) => {
      const kept = this.keeping.sealed(ctx, identity.id, tokens);
      if (!(await this.linking.identities.use(ctx, identity, kept, tx))) fail('identity_gone');
    };
    return { user, subjectEpoch, methods: METHODS, factors: 1, effect };
  }

  /** An address is no identity: it may be recycled, or merely claimed. */
  async #match(ctx: StrategyContext<U>, arrival: Newcomer, account: Account<U>, address: string): Promise<Proof<U>> {
    const { identityField, onEmailMatch } = this.options;
    const isTrusted = this.#isTrusted(arrival);
    // The first proof of the mailbox ends whatever is linked; nothing that is there stands in its way.
    const isFirstProof = isTrusted && !account.confirmed.has(identityField);
    const { namespace } = arrival.departure;
    if (!isFirstProof && (await this.linking.has(ctx, account.subject, namespace))) return fail('second_identity');
    if (isTrusted) return this.linking.proofOf(ctx, account, arrival, this.#mailbox(address));
    if (onEmailMatch === 'reject') return fail('address_taken');
    ctx.afterAnswer(() => this.mails.send(ctx, account, arrival, address));
    return fail('confirmation_sent');
  }

  /**
   * Account and identity are one transaction.
   *
   * @throws {Overtaken} where somebody has registered the identity or the address this very moment: nothing is left of it
   */
  async #register(ctx: StrategyContext<U>, arrival: Newcomer, profile: Row, address: string): Promise<Proof<U>> {
    if (this.options.registration === 'closed') return fail('unknown_identity');
    const isTrusted = this.#isTrusted(arrival);
    const shown = isTrusted ? [this.options.identityField] : [];
    const account = await ctx.data.transaction((tx) => this.#make(ctx, arrival, profile, shown, tx)).catch(overtaken);
    const { user, subjectEpoch } = account;
    const mailbox = isTrusted ? this.#mailbox(address) : undefined;
    return { user, subjectEpoch, methods: METHODS, factors: 1, mailbox };
  }

  async #make(
    ctx: StrategyContext<U>,
    { uid, claims, tokens, orphan, departure: { namespace } }: Newcomer,
    profile: Row,
    shown: readonly string[],
    tx: DataLayer,
  ): Promise<Account<U>> {
    const { identities } = this.linking;
    const account = await ctx.accounts.create(profile, tx, shown);
    const identity = { subject: account.subject, namespace, uid, accountName: accountNameIn(claims), orphan };
    const isNew = await identities.add(ctx, identity, (id) => this.keeping.sealed(ctx, id, tokens), tx);
    if (!isNew) throw new Overtaken();
    return account;
  }

  #isTrusted({ claims }: Arrival): boolean {
    return this.options.trustEmailVerified && saysVerified(claims);
  }

  #mailbox(address: string): Mailbox {
    return { field: this.options.identityField, address };
  }
}

/** Somebody whose identity is no account's. */
type Newcomer = Arrival & Pick<NewIdentity, 'orphan'>;

function nameIn({ uid, departure: { namespace } }: Arrival): Named {
  return { namespace, uid };
}

function overtaken(error: unknown): never {
  throw error instanceof UniqueViolation ? new Overtaken() : error;
}
