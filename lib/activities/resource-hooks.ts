import type { OfferedFactor } from '../errors/index.js';
import {
  isSecondFactorPolicy,
  type DataLayer,
  type Row,
  type SecondFactorPolicy,
  type Subject,
} from '../resources/index.js';
import type { Hooks, Operation, SignInFacts, Trust } from '../sessions/index.js';
import type { AddOn, AuthEvent, Ended, JsonObject, Presented, Proof, Room, UserChange } from '../strategy/index.js';
import { extraClaims } from '../tokens/index.js';
import { KnownDevices } from './known-devices.js';
import { askPart, describeError, partFailed, runPart } from './report.js';
import type { RuntimeParts } from './runtime-parts.js';

/** The hooks of a resource's rooms, in the order in which the app lists them. */
export class ResourceHooks<U extends object> implements Hooks<U> {
  readonly #devices: KnownDevices;

  constructor(private readonly runtime: RuntimeParts<U>) {
    this.#devices = new KnownDevices(runtime);
  }

  async changingUser(operation: Operation, change: UserChange<U>): Promise<void> {
    for (const addOn of this.#addOns) {
      const run = (work: () => Promise<void> | undefined) => this.#run(addOn, 'changingUser', work);
      const onceWritten: UserChange<U>['onceWritten'] = (work) =>
        change.onceWritten((account) => run(() => work(account)));
      await run(() => addOn.changingUser?.(this.#context(addOn, operation), { ...change, onceWritten }));
    }
  }

  async signedIn(operation: Operation, signIn: SignInFacts<U>, tx: DataLayer): Promise<JsonObject> {
    const knownDevice = this.#devices.find(operation, signIn.subject) !== null;
    const made = { ...signIn, knownDevice, newAccount: operation.madeAccounts.has(signIn.subject) };
    let issued: JsonObject = {};
    for (const addOn of this.#addOns) {
      const given = await this.#run(addOn, 'signedIn', () =>
        addOn.signedIn?.(this.#context(addOn, operation), made, tx),
      );
      issued = { ...issued, ...given };
    }
    // Where this is rolled back and does not come again, nobody signed in on the device.
    this.runtime.services.commits.after(tx, () => this.#devices.remember(operation, signIn.subject));
    return issued;
  }

  forget(subject: Subject, tx: DataLayer): Promise<void> {
    return this.#tellRooms('forget', subject, tx);
  }

  disabled(subject: Subject, tx: DataLayer): Promise<void> {
    return this.#tellRooms('disabled', subject, tx);
  }

  async signedOut(operation: Operation, ended: Ended, tx: DataLayer): Promise<void> {
    for (const addOn of this.#addOns) {
      await this.#run(addOn, 'signedOut', () => addOn.signedOut?.(this.#context(addOn, operation), ended, tx));
    }
  }

  async forgetBrowser(operation: Operation): Promise<void> {
    for (const addOn of this.#addOns) {
      await this.#run(addOn, 'forgetBrowser', () => addOn.forgetBrowser?.(this.#context(addOn, operation)));
    }
  }

  async loadUser(operation: Operation): Promise<Proof<U> | null> {
    for (const addOn of this.#addOns) {
      const proof = await this.#run(addOn, 'loadUser', () => addOn.loadUser?.(this.#context(addOn, operation)));
      if (proof) return proof;
    }
    return null;
  }

  toUser(row: Row): U {
    try {
      return this.runtime.resource.toUser(row);
    } catch (error) {
      // A refusal from here as well: it says nothing about whoever asks, and would sign them out.
      throw partFailed(`resources.${this.runtime.resource.subjectName}.toUser`, this.runtime.services.log, error);
    }
  }

  maySignIn(user: U): boolean | Promise<boolean> {
    const { resource, services } = this.runtime;
    const part = `resources.${resource.subjectName}.maySignIn`;
    return askPart(part, services.log, () => resource.maySignIn(user));
  }

  secondFactor(user: U): Promise<SecondFactorPolicy> {
    const { resource, services } = this.runtime;
    const part = `resources.${resource.subjectName}.secondFactor`;
    return runPart(part, services.log, () => {
      const policy: unknown = resource.secondFactor(user);
      if (isSecondFactorPolicy(policy)) return policy;
      throw new TypeError(`Expected 'off', 'optional' or 'required', got ${typeof policy}`);
    });
  }

  claims(operation: Operation, user: U, more: JsonObject): Promise<JsonObject> {
    const { resource, services } = this.runtime;
    const part = `resources.${resource.subjectName}.claims`;
    return runPart(part, services.log, async () => {
      const own = extraClaims(await resource.claimsOf(user, operation));
      return extraClaims({ ...own, ...extraClaims(more) });
    });
  }

  /** @throws {TypeError} when there is no such strategy: no guard can accept it */
  readCredential(operation: Operation, strategyName: string): Promise<Presented<U>> {
    const { resource, services } = this.runtime;
    const strategy = resource.strategies.find(({ name }) => name === strategyName);
    const read = strategy?.readCredential;
    if (strategy === undefined || read === undefined) {
      throw new TypeError(`Expected the name of a strategy that reads a header, got "${strategyName}"`);
    }
    const part = this.runtime.partName(strategy, 'readCredential');
    return runPart(part, services.log, () => read(this.runtime.contextFor(strategy, operation)));
  }

  async factors(operation: Operation, user: U, data: DataLayer): Promise<readonly OfferedFactor[]> {
    const offered: OfferedFactor[] = [];
    for (const strategy of this.runtime.resource.strategies) {
      const asked = () => strategy.factor?.(user, this.#context(strategy, operation), data);
      const factor = await this.#run(strategy, 'factor', asked);
      if (factor) offered.push(factor);
    }
    return offered;
  }

  async waysIn(operation: Operation, user: U, data: DataLayer): Promise<ReadonlyMap<string, number>> {
    const ways = new Map<string, number>();
    for (const strategy of this.runtime.resource.strategies) {
      const asked = () => strategy.waysIn?.(user, this.#context(strategy, operation), data);
      ways.set(strategy.name, (await this.#run(strategy, 'waysIn', asked)) ?? 0);
    }
    return ways;
  }

  async trustsBrowser(operation: Operation, subject: Subject, subjectEpoch: number): Promise<Trust | null> {
    for (const addOn of this.#addOns) {
      const asked = () => addOn.trustsBrowser?.(this.#context(addOn, operation), subject, subjectEpoch);
      const since = await this.#run(addOn, 'trustsBrowser', asked);
      if (since) return { by: addOn.name, since };
    }
    return null;
  }

  observe(event: Omit<AuthEvent, 'at'>): void {
    const { services } = this.runtime;
    const told: AuthEvent = { ...event, at: services.clock.now() };
    if (services.debug) services.log.debug(`${told.name} ${told.outcome} ${JSON.stringify(told.facts)}`);
    for (const addOn of this.#addOns) {
      try {
        addOn.observe?.(told);
      } catch (error) {
        services.log.error(`${this.runtime.partName(addOn, 'observe')} failed: ${describeError(error)}`);
      }
    }
  }

  get #addOns(): readonly AddOn<U>[] {
    return this.runtime.resource.addOns;
  }

  async #tellRooms(what: 'forget' | 'disabled', subject: Subject, tx: DataLayer): Promise<void> {
    for (const room of this.runtime.resource.rooms) {
      await runPart(this.runtime.partName(room, what), this.runtime.services.log, () => room[what]?.(subject, tx));
    }
  }

  #context(room: Room<U>, operation: Operation) {
    return this.runtime.contextFor(room, operation);
  }

  #run<T>(room: Room<U>, hook: string, work: () => T | Promise<T>): Promise<T> {
    return runPart(this.runtime.partName(room, hook), this.runtime.services.log, work);
  }
}
