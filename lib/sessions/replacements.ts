import { AuthenticationFailed } from '../errors/index.js';
import type { DataLayer } from '../resources/index.js';
import type { JsonObject, Proof, SignIn } from '../strategy/index.js';
import type { NewSignIns } from './new-sign-ins.js';
import type { Operation } from './operation.js';
import { subjectOfUser, type SessionParts } from './session-parts.js';
import type { SignInKeeper } from './sign-in-keeper.js';
import { MULTIPLE_FACTORS, type NewSignIn } from './sign-in-rows.js';

const SECOND = 1000;
/** Stands where a proof names its methods; the sign-in says what the one before said. */
const NOTHING_SHOWN = ['renewed'] as const;

/** Sign-ins that take the place of the one in force, which ends by that. They live no longer. */
export class Replacements<U extends object> {
  constructor(
    private readonly parts: SessionParts<U>,
    private readonly keeper: SignInKeeper<U>,
    private readonly made: NewSignIns<U>,
  ) {}

  /**
   * One that also carries this proof.
   *
   * @param byFactor whether the proof is of a factor that can be a second one
   * @throws {AuthenticationFailed} reason `sign_in_ended` when the one in force has ended meanwhile
   */
  async stepUp(operation: Operation, current: SignIn<U>, given: Proof<U>, byFactor: boolean): Promise<SignIn<U>> {
    const subject = subjectOfUser(this.parts.resource, given.user);
    if (current.subject !== subject) throw new AuthenticationFailed('another_user');
    const proof = await this.made.allowed(operation, subject, given);
    const secondFactor = proof.factors === 2 || (byFactor && isAnotherFactor(current, proof));
    const fresh = this.made.rowOf(operation, subject, proof, current.methods, secondFactor);
    const { expiresAt, actor } = current;
    requireTimeLeft(fresh, expiresAt);
    const secondFactorAt = fresh.secondFactorAt ?? current.secondFactorAt;
    const origin = (await this.made.originOf(operation, current.id, subject)) ?? fresh.origin;
    const row = { ...fresh, expiresAt, actor, secondFactorAt, origin };
    const first = async (tx: DataLayer, subjectEpoch: number) => {
      const ended = await this.keeper.replace(current.id, subject, tx);
      const endedByThis = operation.raisedEpochs.get(subject) === subjectEpoch;
      if (!ended && !endedByThis) throw new AuthenticationFailed('sign_in_ended');
    };
    const signIn = await this.made.make(operation, subject, proof, { row, replaces: current.id, first });
    operation.replaced = current;
    return signIn;
  }

  /**
   * One that says the same. Nobody has shown anything, so nothing of it is any fresher, and whatever ended the old one meanwhile keeps
   * the new one from being made.
   *
   * @param effect done first in the same transaction
   * @returns the new one, and what `effect` answered
   * @throws {AuthenticationFailed} reason `sign_in_ended` or `credentials_changed`
   */
  async renew(
    operation: Operation,
    current: SignIn<U>,
    effect: (tx: DataLayer) => Promise<JsonObject>,
  ): Promise<{ readonly signIn: SignIn<U>; readonly result: JsonObject }> {
    const { user, subject, methods, authenticatedAt, secondFactorAt, expiresAt, remembered, actor } = current;
    const subjectEpoch = await this.parts.subjects.epochOf(subject, this.parts.data(operation));
    let result: JsonObject = {};
    const takeEffect = async (tx: DataLayer) => void (result = await effect(tx));
    const proof: Proof<U> = { user, subjectEpoch, methods: NOTHING_SHOWN, factors: 1, effect: takeEffect };
    await this.made.allowed(operation, subject, proof);
    const fresh = this.made.rowOf(operation, subject, proof, [], false);
    requireTimeLeft(fresh, expiresAt);
    const origin = await this.made.originOf(operation, current.id, subject);
    const row = { ...fresh, methods, authenticatedAt, secondFactorAt, expiresAt, remembered, actor, origin };
    const first = async (tx: DataLayer) => {
      if (!(await this.keeper.replace(current.id, subject, tx))) throw new AuthenticationFailed('sign_in_ended');
    };
    const signIn = await this.made.make(operation, subject, proof, { row, replaces: current.id, first });
    operation.replaced = current;
    return { signIn, result };
  }
}

/** The factor that somebody signed in with, shown again, is no second one. */
function isAnotherFactor<U>(current: SignIn<U>, proof: Proof<U>): boolean {
  return (
    current.methods.includes(MULTIPLE_FACTORS) || proof.methods.some((method) => !current.methods.includes(method))
  );
}

/** @throws {AuthenticationFailed} reason `sign_in_ended` where less is left than any token can live */
function requireTimeLeft({ createdAt }: NewSignIn, expiresAt: Date): void {
  if (expiresAt.getTime() - createdAt.getTime() < SECOND) throw new AuthenticationFailed('sign_in_ended');
}
