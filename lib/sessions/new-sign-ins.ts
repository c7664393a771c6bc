import { SignInNotAllowed } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Proof, SignIn } from '../strategy/index.js';
import type { Operation } from './operation.js';
import { ProofEffects } from './proof-effects.js';
import { requireOwnTenant, type SessionParts } from './session-parts.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import { newSignIn, type NewSignIn } from './sign-in-rows.js';

/** How a sign-in is made. */
export interface Making {
  readonly row: NewSignIn;
  /** The id of the one whose place it takes. */
  readonly replaces: string | null;
  /** First in the transaction, once the subject is locked. */
  readonly first: (tx: DataLayer, subjectEpoch: number) => Promise<void>;
}

/** Makes sign-ins of proofs, once it is decided that they suffice. */
export class NewSignIns<U extends object> {
  readonly effects: ProofEffects<U>;
  /** The cookie value of a sign-in made here: known until the operation is over, kept nowhere else. */
  readonly #handles = new WeakMap<object, string>();

  constructor(
    private readonly parts: SessionParts<U>,
    private readonly keeper: SignInKeeper<U>,
  ) {
    this.effects = new ProofEffects(parts);
  }

  /** One transaction: the proof's effect, the row, and the hooks that take part. */
  async make(operation: Operation, subject: Subject, proof: Proof<U>, making: Making): Promise<SignIn<U>> {
    const { row, replaces, first } = making;
    const { hooks } = this.parts;
    const claims = await hooks.claims(operation, proof.user, proof.claims ?? {});
    const { signIn, handle } = await this.effects.transaction(operation, subject, async (tx) => {
      const subjectEpoch = await this.effects.settle(operation, subject, proof, tx);
      await first(tx, subjectEpoch);
      const kept = await this.keeper.keep(operation, subject, row, tx);
      const facts = this.#signIn(operation, subject, { user: proof.user, claims }, kept, row);
      const issued = await hooks.signedIn(operation, { ...facts, subjectEpoch, replaces }, tx);
      return { signIn: { ...facts, issued }, handle: kept.handle ?? facts.token };
    });
    this.#handles.set(signIn, handle);
    return signIn;
  }

  /**
   * The row that a proof amounts to.
   *
   * @param before methods of the steps before
   * @param secondFactor whether one was shown in this very step
   */
  rowOf(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    before: readonly string[],
    secondFactor: boolean,
  ): NewSignIn {
    const { clock, resource } = this.parts;
    const { absoluteLifetimeSeconds } = resource.sessions;
    const { userAgent } = operation.client;
    return newSignIn(subject, proof, { before, secondFactor, userAgent, now: clock.now(), absoluteLifetimeSeconds });
  }

  /** The session elsewhere that a sign-in came of: what takes its place came of the same. */
  originOf(operation: Operation, id: string, subject: Subject): Promise<string | null> {
    return this.keeper.originOf(operation, id, subject);
  }

  /** The handle that goes into the session cookie. Null for a sign-in that was not made here. */
  handleOf(signIn: SignIn): string | null {
    return this.#handles.get(signIn) ?? null;
  }

  /**
   * @param before done before it is refused
   * @returns the proof, of the user as it leaves the account
   * @throws {SignInNotAllowed} when `maySignIn` says no
   */
  async allowed(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Proof<U>> {
    requireOwnTenant(this.parts.resource, proof.user, this.parts.tenants.of(operation).tenant);
    const user = await this.effects.userAfter(operation, subject, proof);
    if (await this.parts.hooks.maySignIn(user)) return { ...proof, user };
    await before();
    throw new SignInNotAllowed('may_not_sign_in');
  }

  #signIn(
    operation: Operation,
    subject: Subject,
    { user, claims }: Pick<SignIn<U>, 'user' | 'claims'>,
    { id, sealed }: Kept,
    row: NewSignIn,
  ): SignIn<U> & { readonly token: string } {
    const { tenant } = this.parts.tenants.of(operation);
    const { createdAt: issuedAt, expiresAt, methods, authenticatedAt, secondFactorAt, remembered } = row;
    const shown = { methods, authenticatedAt, secondFactorAt };
    const token = this.parts.tokens.issue({
      subject,
      signInId: id,
      tenant,
      issuedAt,
      expiresAt,
      claims,
      sealed,
      shown,
    });
    const actor = row.actor === null ? null : (row.actor as Subject); // came from a proof's actor
    const facts = { id, subject, user, tenant, methods, authenticatedAt, secondFactorAt, expiresAt, remembered };
    return { ...facts, actor, token, claims, issued: {}, credential: null };
  }
}
