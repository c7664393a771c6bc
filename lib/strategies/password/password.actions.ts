import {
  InvalidInput,
  NotNullViolation,
  PasswordChangeRequired,
  TooBusy,
  UniqueViolation,
} from '../../errors/index.js';
import { textOf, type Scalar, type Subject } from '../../resources/index.js';
import type { Account, Proof, StrategyContext } from '../../strategy/index.js';
import { refuseBreached } from './password.breach.js';
import { fail } from './password.errors.js';
import { PasswordHasher } from './password.hasher.js';
import type { ResolvedPasswordOptions } from './password.options.js';
import { normalisePassword, readNewPassword, refuseGuessable, refuseUnchanged } from './password.rules.js';

/** A password that is to be set, as typed, with its repetition. */
export interface NewPassword {
  readonly password: string;
  readonly passwordConfirmation: string;
}

/** What can be done with passwords, for whoever asks: no request in sight. */
export class PasswordActions<U> {
  readonly hasher: PasswordHasher;

  constructor(readonly options: ResolvedPasswordOptions) {
    this.hasher = new PasswordHasher(options);
  }

  /**
   * @param identity Canonical.
   * @throws {AuthenticationFailed} the same, after the same work, for a wrong password and for an unknown account.
   * @throws {PasswordChangeRequired}
   */
  async signIn(ctx: StrategyContext<U>, identity: string, typed: string): Promise<Proof<U>> {
    const password = normalisePassword('password', typed, this.options.maxBytes);
    const account = await ctx.accounts.findByIdentity(this.options.identityField, identity);
    const proven = await this.verify(ctx, account, password);
    this.refuseUnconfirmed(proven);
    await this.refuseUntilChanged(ctx, proven);
    this.#rehashLater(ctx, proven, password);
    return byPassword(proven.user, proven.subjectEpoch);
  }

  /**
   * @param identity Canonical.
   * @param accepted Further public fields.
   * @throws {InvalidInput} `taken` as the proof takes effect: after the same work as for a free identity.
   */
  async register(
    ctx: StrategyContext<U>,
    identity: string,
    typed: NewPassword,
    accepted: Readonly<Record<string, string>>,
  ): Promise<Proof<U>> {
    const values = await this.valuesFor(ctx, identity, typed, accepted);
    const refused = (error: unknown): never => {
      throw this.#refusalOf(error);
    };
    const { user, subjectEpoch, create } = await ctx.accounts.draft(values).catch(refused);
    const effect: Proof<U>['effect'] = (tx) => create(tx).catch(refused);
    return { ...byPassword(user, subjectEpoch), effect, effectStands: true };
  }

  /**
   * Replaces the password of somebody who knows the present one. Ends every sign-in and voids every link of the account, as the
   * proof takes effect.
   *
   * @throws {AuthenticationFailed} when the present password is wrong, when there is none, or when it changed meanwhile.
   */
  async change(ctx: StrategyContext<U>, subject: Subject, current: string, typed: NewPassword): Promise<Proof<U>> {
    const { present, password } = this.readChange(current, typed);
    const account = await this.verify(ctx, await ctx.accounts.find(subject), present);
    const secrets = await this.secretsFor(ctx, password, this.identityOf(account.user));
    const { subjectEpoch } = account;
    const effect: Proof<U>['effect'] = async (tx) =>
      void (await ctx.accounts.changeCredentials(subject, secrets, subjectEpoch, tx));
    return { ...byPassword(account.user, subjectEpoch), effect };
  }

  /** @throws {AuthenticationFailed} when the password is wrong, or there is none. */
  async showAgain(ctx: StrategyContext<U>, subject: Subject, typed: string): Promise<Proof<U>> {
    const password = normalisePassword('password', typed, this.options.maxBytes);
    const { user, subjectEpoch } = await this.verify(ctx, await ctx.accounts.find(subject), password);
    return byPassword(user, subjectEpoch);
  }

  /** Of a new account, once nothing speaks against the password. @throws {InvalidInput} */
  async valuesFor(
    ctx: StrategyContext<U>,
    identity: string,
    typed: NewPassword,
    accepted: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, Scalar>>> {
    const password = readNewPassword(typed.password, typed.passwordConfirmation, this.options);
    const secrets = await this.secretsFor(ctx, password, identity);
    return { ...accepted, [this.options.identityField]: identity, ...secrets };
  }

  /** Empty where the user has none. */
  identityOf(user: U): string {
    return textOf(user, this.options.identityField);
  }

  /** The present password and the one to be set, of somebody who types both. @throws {InvalidInput} */
  readChange(current: string, typed: NewPassword): { readonly present: string; readonly password: string } {
    const present = normalisePassword('currentPassword', current, this.options.maxBytes);
    const password = readNewPassword(typed.password, typed.passwordConfirmation, this.options);
    refuseUnchanged(password, present);
    return { present, password };
  }

  /**
   * The columns of a new password, once nothing speaks against it. Hashes and may ask outside: not within a transaction.
   *
   * @param identity Canonical.
   * @throws {InvalidInput}
   */
  async secretsFor(
    ctx: StrategyContext<U>,
    password: string,
    identity: string,
  ): Promise<Readonly<Record<string, Scalar>>> {
    await refuseGuessable(password, identity, this.options);
    await refuseBreached(ctx, password, this.options.breachCheck);
    const passwordHash = await this.hasher.hash(password, ctx.client.address);
    return { passwordHash, ...(this.options.mustChange && { passwordMustChange: false }) };
  }

  /** Whether the password signs nobody in until it is changed. */
  mustChange({ secrets }: Account<U>): boolean {
    return this.options.mustChange && secrets['passwordMustChange'] === true;
  }

  /** Whoever registers an address and then signs in would learn whether it was free. @throws {AuthenticationFailed} */
  refuseUnconfirmed({ confirmed }: Account<U>): void {
    const { registration, identityField } = this.options;
    if (registration === 'confirm-first' && !confirmed.has(identityField)) fail('unconfirmed');
  }

  /** Whoever may not sign in anyway is not told more. @throws {PasswordChangeRequired} @throws {SignInNotAllowed} */
  async refuseUntilChanged(ctx: StrategyContext<U>, account: Account<U>): Promise<void> {
    if (!this.mustChange(account)) return;
    await ctx.accounts.requireMaySignIn(account.user);
    throw new PasswordChangeRequired();
  }

  /** @throws {AuthenticationFailed} the same, after the same work, whatever is wrong. */
  async verify(ctx: StrategyContext<U>, account: Account<U> | null, password: string): Promise<Account<U>> {
    const hash = hashOf(account);
    const matches = await this.hasher.matches(password, hash, ctx.client.address);
    if (account === null) return fail('unknown_user');
    if (hash === null) return fail('no_password');
    if (!this.hasher.canRead(hash)) return fail('unreadable_hash');
    return matches ? account : fail('wrong_password');
  }

  #rehashLater(ctx: StrategyContext<U>, account: Account<U>, password: string): void {
    const from = hashOf(account);
    if (from === null || !this.hasher.needsRehash(from)) return;
    afterAnswerIfThereIsRoom(ctx, async () => {
      const to = await this.hasher.hash(password, ctx.client.address);
      await ctx.accounts.rewriteSecret(account.subject, 'passwordHash', from, to);
    });
  }

  #refusalOf(error: unknown): unknown {
    if (error instanceof UniqueViolation) return this.#taken(error);
    if (!(error instanceof NotNullViolation)) return error;
    const missing = this.options.accept.find((field) => error.fields.includes(field));
    return missing === undefined ? error : InvalidInput.of(missing, 'required', 'is required');
  }

  #taken({ fields }: UniqueViolation): InvalidInput {
    const { identityField, accept } = this.options;
    const field = fields.includes(identityField) ? identityField : accept.find((other) => fields.includes(other));
    return InvalidInput.of(field ?? identityField, 'taken', 'is already taken');
  }
}

/** For work that the next occasion can make up for. */
function afterAnswerIfThereIsRoom<U>(ctx: StrategyContext<U>, work: () => Promise<void>): void {
  try {
    ctx.afterAnswer(work);
  } catch (error) {
    if (!(error instanceof TooBusy)) throw error;
  }
}

/** RFC 8176 §2: `pwd`. */
export function byPassword<U>(user: U, subjectEpoch: number): Proof<U> {
  return { user, methods: ['pwd'], factors: 1, subjectEpoch };
}

/** Null where there is no account, or no password. */
export function hashOf(account: Account<unknown> | null): string | null {
  const hash = account?.secrets['passwordHash'];
  return typeof hash === 'string' ? hash : null;
}
