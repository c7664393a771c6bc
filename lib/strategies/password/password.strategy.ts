import type { Problem } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import {
  offUnlessSaid,
  type Phase,
  type ResourceFacts,
  type RoomColumn,
  type Routes,
  type Strategy,
  type StrategyContext,
} from '../../strategy/index.js';
import type { SenderRef } from '../../senders/index.js';
import { hashOf, PasswordActions } from './password.actions.js';
import { findProblems } from './password.check.js';
import { ConfirmFirst } from './password.confirm-first.js';
import type { ResolvedPasswordOptions } from './password.options.js';
import {
  changePhase,
  issueSignInTokenPhase,
  registerFirstPhase,
  registerPhase,
  resetPhase,
  resetRequestPhase,
  signInPhase,
  signInWithTokenPhase,
  verifyPhase,
} from './password.phases.js';
import { RequiredChange } from './password.required-change.js';
import { replacePhase, requireChangePhase } from './password.required-change.phases.js';
import { PasswordReset } from './password.reset.js';
import { SignInTokenActions } from './password.sign-in-token.js';

/** Sign in with an identity and a password. */
export class PasswordStrategy<U> implements Strategy<U> {
  readonly name: string;
  readonly columns: Readonly<Record<string, RoomColumn>>;
  readonly registers: readonly string[] | undefined;
  readonly purposes: readonly string[];
  readonly senders: Readonly<Record<string, SenderRef<never>>>;
  readonly routes: Routes;
  readonly phases: readonly Phase<U>[];
  readonly #actions: PasswordActions<U>;

  constructor(private readonly options: ResolvedPasswordOptions) {
    const { resettable, signInTokens, mustChange, attemptSender } = options;
    this.#actions = new PasswordActions<U>(options);
    this.name = options.name;
    this.columns = {
      [options.identityField]: { type: 'text', private: false, unique: true, kind: options.identity },
      passwordHash: { type: 'text', private: true, nullable: true, credential: true },
      ...(mustChange && { passwordMustChange: { type: 'boolean', private: true, nullable: true } }),
    };
    // What is accepted may be left out, and is asked for then where the table wants it.
    const registered = [...Object.keys(this.columns), ...options.accept];
    this.registers = options.registration === 'closed' ? undefined : registered;
    this.purposes = [...(resettable ? ['reset'] : []), ...(signInTokens ? ['sign-in'] : [])];
    this.senders = {
      ...(resettable && { 'reset-password': resettable.sender }),
      ...(attemptSender && { 'registration-attempt': attemptSender }),
    };
    const forCode = [...(signInTokens ? ['issue-sign-in-token'] : []), ...(mustChange ? ['require-change'] : [])];
    this.routes = offUnlessSaid(forCode, options.routes);
    this.phases = [
      ...this.#signingIn(),
      verifyPhase(this.#actions),
      ...this.#handingOver(),
      ...this.#resetting(),
      ...this.#changing(),
    ];
  }

  readonly prepare = (): Promise<void> => this.#actions.hasher.prepare();

  readonly check = (resource: ResourceFacts): Promise<readonly Problem[]> => findProblems(this.options, resource);

  readonly waysIn = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<number> => {
    const account = await ctx.accounts.find(ctx.accounts.subjectOf(user), data);
    return hashOf(account) === null ? 0 : 1;
  };

  #signingIn(): readonly Phase<U>[] {
    const signIn = signInPhase(this.#actions);
    switch (this.options.registration) {
      case 'immediate':
        return [registerPhase(this.#actions), signIn];
      case 'confirm-first':
        return [registerFirstPhase(this.#actions, new ConfirmFirst(this.#actions)), signIn];
      case 'closed':
        return [signIn];
    }
  }

  #handingOver(): readonly Phase<U>[] {
    if (this.options.signInTokens === undefined) return [];
    const tokens = new SignInTokenActions(this.#actions, this.options.signInTokens);
    return [issueSignInTokenPhase(this.#actions, tokens), signInWithTokenPhase(tokens)];
  }

  #changing(): readonly Phase<U>[] {
    const change = changePhase(this.#actions);
    if (!this.options.mustChange) return [change];
    const required = new RequiredChange(this.#actions);
    return [change, requireChangePhase(required), replacePhase(this.#actions, required)];
  }

  #resetting(): readonly Phase<U>[] {
    if (this.options.resettable === undefined) return [];
    const resetting = new PasswordReset(this.#actions, this.options.resettable);
    return [resetRequestPhase(this.#actions, resetting), resetPhase(resetting)];
  }
}
