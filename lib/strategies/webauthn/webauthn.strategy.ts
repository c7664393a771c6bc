import type { OfferedFactor, Problem } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import type { SenderRef } from '../../senders/index.js';
import type { Phase, ResourceFacts, RoomColumn, Routes, Strategy, StrategyContext } from '../../strategy/index.js';
import { Assertions } from './webauthn.assertions.js';
import { Ceremonies } from './webauthn.ceremonies.js';
import { findProblems } from './webauthn.check.js';
import type { ResolvedWebauthnOptions } from './webauthn.options.js';
import { Passkeys } from './webauthn.passkeys.js';
import { passkeyPhases } from './webauthn.passkeys.phases.js';
import { secondFactorPhases, signInPhases, verifyPhases } from './webauthn.phases.js';
import { registrationPhases, signUpPhases } from './webauthn.registration.phases.js';
import { Registrations } from './webauthn.registrations.js';
import { dropPasskeys, passkeysModel, userHandlesModel } from './webauthn.rows.js';
import { scriptPhase } from './webauthn.script.phase.js';

/** Passkeys and security keys, as a way in and as a second factor. */
export class WebauthnStrategy<U> implements Strategy<U> {
  readonly name: string;
  readonly columns: Readonly<Record<string, RoomColumn>>;
  readonly registers: readonly string[] | undefined;
  readonly senders: Readonly<Record<string, SenderRef<never>>>;
  readonly routes: Routes;
  readonly phases: readonly Phase<U>[];
  readonly models = [passkeysModel, userHandlesModel];
  readonly forget = dropPasskeys;
  readonly #passkeys: Passkeys<U>;

  constructor(private readonly options: ResolvedWebauthnOptions) {
    const { identityField, identity: kind, registration, sender } = options;
    this.#passkeys = new Passkeys(options);
    this.name = options.name;
    this.columns =
      registration === 'open' ? { [identityField]: { type: 'text', private: false, unique: true, kind } } : {};
    this.registers = registration === 'open' ? [identityField] : undefined;
    this.senders = sender === undefined ? {} : { 'passkey-added': sender, 'passkey-removed': sender };
    this.routes = options.routes;
    const phases = this.#phases();
    this.phases = [...phases, scriptPhase(phases, options.routes)];
  }

  readonly check = (resource: ResourceFacts): Promise<readonly Problem[]> => findProblems(this.options, resource);

  readonly factor = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<OfferedFactor | null> => {
    if (!this.#isFor('second-factor') || (await this.#count(user, ctx, data)) === 0) return null;
    return { strategy: this.name, phase: 'second-factor', label: 'Passkey' };
  };

  readonly waysIn = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<number> =>
    this.#isFor('sign-in') ? this.#count(user, ctx, data) : 0;

  async #count(user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<number> {
    return (await this.#passkeys.of(ctx, ctx.accounts.subjectOf(user), data)).length;
  }

  #phases(): readonly Phase<U>[] {
    const ceremonies = new Ceremonies<U>(this.options);
    const registrations = new Registrations(this.options, ceremonies, this.#passkeys);
    const assertions = new Assertions(this.options, ceremonies, this.#passkeys);
    return [
      ...(this.#isFor('sign-in') ? signInPhases(assertions) : []),
      ...(this.options.registration === 'open' ? signUpPhases(registrations) : []),
      ...(this.#isFor('second-factor') ? secondFactorPhases(assertions) : []),
      ...verifyPhases(assertions),
      ...registrationPhases(registrations),
      ...passkeyPhases(this.#passkeys),
    ];
  }

  #isFor(use: 'sign-in' | 'second-factor'): boolean {
    return this.options.uses.includes(use);
  }
}
