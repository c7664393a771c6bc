import { InvalidInput, NotFound } from '../../errors/index.js';
import type { DataLayer, Subject } from '../../resources/index.js';
import { textOf } from '../../resources/index.js';
import type { Account, Mailbox, Proof, StrategyContext } from '../../strategy/index.js';
import { METHODS, type Arrival } from './authorization.js';
import type { IdentityMessage, ResolvedCommonOptions } from './common.options.js';
import type { Identities, Identity, Named, NewIdentity } from './identities.js';
import { fail } from './oauth2.errors.js';
import { accountNameIn } from './profile.js';
import type { TokenKeeping } from './token-keeping.js';

/** Identities that come to an account that is there, and go. Each is a change of its credentials: whatever was issued before is void. */
export class Linking<U> {
  constructor(
    private readonly options: ResolvedCommonOptions,
    readonly identities: Identities<U>,
    private readonly keeping: TokenKeeping<U>,
  ) {}

  /**
   * Links what somebody brought back to the account that they left from: it has to be the one in force here, and unchanged since.
   *
   * @throws {InvalidInput} `taken` where it is another account's @throws {AuthenticationFailed}
   */
  async prove(ctx: StrategyContext<U>, arrival: Arrival): Promise<Proof<U>> {
    const { subject, subjectEpoch, namespace } = arrival.departure;
    const account = subject === null ? null : await ctx.accounts.find(subject);
    if (account === null) return fail('no_flow');
    const { identity, owner } = await this.known(ctx, { namespace, uid: arrival.uid });
    if (owner !== null) throw isTaken(owner.subject === account.subject);
    return this.proofOf(ctx, { ...account, subjectEpoch }, { ...arrival, orphan: identity }, undefined);
  }

  /**
   * A proof that links on its way.
   *
   * @param account with the epoch under which that was decided
   * @param mailbox shown along with it: the first time, nothing that the account had before is left
   */
  proofOf(
    ctx: StrategyContext<U>,
    { user, subject, subjectEpoch }: Account<U>,
    { uid, claims, tokens, orphan, departure: { namespace } }: Arrival & Pick<NewIdentity, 'orphan'>,
    mailbox: Mailbox | undefined,
  ): Proof<U> {
    const link = { subject, uid, namespace, accountName: accountNameIn(claims), orphan };
    const effect = async (tx: DataLayer) => {
      await this.changeCredentials(ctx, subject, mailbox, subjectEpoch, tx);
      const isNew = await this.#add(ctx, link, (id) => this.keeping.sealed(ctx, id, tokens), tx);
      if (!isNew) fail('overtaken');
      this.tell(ctx, 'identity-linked', user, tx);
    };
    return { user, subjectEpoch, methods: METHODS, factors: 1, mailbox, effect };
  }

  /** In the transaction of the change, which locks the subject. @returns false where somebody has it */
  async link(ctx: StrategyContext<U>, link: NewIdentity, user: U, tx: DataLayer): Promise<boolean> {
    const isNew = await this.#add(ctx, link, () => ({}), tx);
    if (isNew) this.tell(ctx, 'identity-linked', user, tx);
    return isNew;
  }

  /**
   * For somebody who is signed in: this sign-in goes on, all others end.
   *
   * @throws {NotFound} for an identity that is none of theirs @throws {LastWayIn} @throws {SignInRequired}
   */
  async unlink(ctx: StrategyContext<U>, id: string, tx: DataLayer): Promise<void> {
    const { subject } = await ctx.accounts.requireStillSignedIn(tx);
    if (!(await this.identities.remove(ctx, id, subject, tx))) throw new NotFound('unknown_identity');
    await ctx.accounts.endSignIns(subject, 'others', tx);
    await ctx.accounts.requireWayIn(subject, tx);
    const user = ctx.users.get(ctx.subjectName);
    this.tell(ctx, 'identity-unlinked', user, tx);
  }

  /** The first proof of a mailbox is one by itself. @throws {AuthenticationFailed} reason `credentials_changed` */
  async changeCredentials(
    ctx: StrategyContext<U>,
    subject: Subject,
    mailbox: Mailbox | undefined,
    since: number,
    tx: DataLayer,
  ): Promise<void> {
    const { accounts } = ctx;
    const epoch = mailbox === undefined ? since : await accounts.mailboxShown(subject, mailbox, since, tx);
    if (epoch === since) await accounts.changeCredentials(subject, {}, since, tx);
  }

  /** Whose an identity is. One without an owner is of somebody whose row is gone: it stands in nobody's way. */
  async known(ctx: StrategyContext<U>, named: Named): Promise<Known<U>> {
    const identity = await this.identities.find(ctx, named);
    return { identity, owner: identity === null ? null : await ctx.accounts.find(identity.subject) };
  }

  /** One of each provider: which of two a token would be of, nobody could say. */
  async has(ctx: StrategyContext<U>, subject: Subject, namespace: string, data?: DataLayer): Promise<boolean> {
    const linked = await this.identities.of(ctx, subject, data);
    return linked.some((one) => one.namespace === namespace);
  }

  tell(
    ctx: StrategyContext<U>,
    purpose: Exclude<IdentityMessage, 'identity-link'>,
    user: unknown,
    tx: DataLayer,
  ): void {
    const { identityField, identity, sender, label } = this.options;
    const to = textOf(user, identityField);
    if (sender === undefined || identity !== 'email' || to === '') return;
    ctx.send({ purpose, to, user, provider: label }, tx);
  }

  async #add(ctx: StrategyContext<U>, link: NewIdentity, kept: Parameters<Identities<U>['add']>[2], tx: DataLayer) {
    if (await this.has(ctx, link.subject, link.namespace, tx)) return fail('second_identity');
    return this.identities.add(ctx, link, kept, tx);
  }
}

/** Whoever brought it has shown that it is theirs, so it is no secret to them that an account here has it. */
function isTaken(byThemselves: boolean): InvalidInput {
  const whose = byThemselves ? 'is linked already' : 'belongs to another account here';
  return InvalidInput.of('identity', 'taken', whose);
}

export interface Known<U> {
  readonly identity: Identity | null;
  readonly owner: Account<U> | null;
}
