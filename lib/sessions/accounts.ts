import { SignInNotAllowed, SignInRequired } from '../errors/index.js';
import {
  keyOf,
  nobodysKey,
  subjectNameOf,
  type AnyResource,
  type DataLayer,
  type Resource,
  type Row,
  type Scalar,
  type Subject,
} from '../resources/index.js';
import type { Account, Accounts, Draft, SignIn } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import type { Hooks } from './hooks.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import { subjectOfUser } from './session-parts.js';
import { FIRST_EPOCH, type Subjects } from './subjects.js';
import type { Tenancies } from './tenants.js';
import { creationIn, present } from './user-rows.js';

/** What {@link ResourceAccounts} works with. */
export interface AccountsParts<U extends object> {
  readonly resource: Resource<U>;
  readonly subjects: Subjects;
  readonly hooks: Hooks<U>;
  readonly clock: Clock;
  readonly tenants: Tenancies;
}

/** The accounts of one resource as one room sees them: public fields, and the private columns that the room declared. */
export class ResourceAccounts<U extends object> implements Accounts<U> {
  constructor(
    private readonly parts: AccountsParts<U>,
    private readonly privateFields: readonly string[],
    private readonly operation: Operation,
    private readonly data: DataLayer,
  ) {}

  async findByIdentity(field: string, identity: string): Promise<Account<U> | null> {
    const { resource } = this.parts;
    const fields = [...resource.key.map((part) => part.field), field];
    const found = await this.data.findOne(resource.model, { [field]: identity, ...present(resource) }, fields);
    // An unknown identity takes the same three look-ups, for a key that nobody has.
    const isTheOne = found !== null && found[field] === identity;
    const loaded = await this.#load(this.#subject(isTheOne ? found : nobodysKey(resource.key)), this.data);
    return isTheOne ? loaded.account : null;
  }

  /** Whoever asks has a subject from before: where somebody else has its key by now, that one was not meant. */
  async find(subject: Subject): Promise<Account<U> | null> {
    const { account, hadPredecessor } = await this.#load(subject, this.data);
    return hadPredecessor ? null : account;
  }

  /** Whoever has the key now. */
  async findPresent(subject: Subject): Promise<Account<U> | null> {
    return (await this.#load(subject, this.data)).account;
  }

  async create(values: Readonly<Record<string, Scalar>>, tx: DataLayer): Promise<Account<U>> {
    return this.#insert(this.#newKey(), this.#creation(), values, tx);
  }

  async draft(values: Readonly<Record<string, Scalar>>): Promise<Draft<U>> {
    const key = this.#newKey();
    const creation = this.#creation();
    const row = { ...this.#empty(), ...creation, ...values, ...key };
    if (!this.#isWhole(row)) {
      const made = await this.data.transaction((tx) => this.create(values, tx));
      return { ...made, create: () => Promise.resolve() };
    }
    const { epoch } = await this.parts.subjects.find(this.#subject(row), this.data);
    const { user, subject, subjectEpoch } = this.#account(row, epoch);
    const create = async (tx: DataLayer) => {
      const made = await this.#insert(key, creation, values, tx);
      // A database may keep a key in a spelling of its own: who is known under ours would be nobody.
      if (made.subject !== subject) throw new TypeError(respelled(this.parts.resource));
    };
    return { user, subject, subjectEpoch, create };
  }

  /** Without what the database makes. */
  #newKey(): Row {
    const own: Record<string, Scalar> = {};
    for (const { field, make } of this.parts.resource.key) if (make !== 'database') own[field] = make();
    return own;
  }

  /** When a row made now was made; nothing where the resource keeps no such time. */
  #creation(): Row {
    const { resource, clock } = this.parts;
    return resource.createdAt === null ? {} : { [resource.createdAt]: clock.now() };
  }

  #isWhole(row: Row): boolean {
    return Object.keys(this.parts.resource.model.columns).every((field) => Object.hasOwn(row, field));
  }

  async #insert(key: Row, creation: Row, values: Row, tx: DataLayer): Promise<Account<U>> {
    const { resource, subjects } = this.parts;
    const accepted = await this.#change('create', null, values, true, tx);
    const row = await tx.insert(resource.model, { ...creation, ...accepted, ...key });
    const subject = this.#subject(row);
    const epoch = await subjects.begin(subject, creationIn(resource, row), tx);
    if (epoch !== FIRST_EPOCH) this.operation.raisedEpochs.set(subject, epoch);
    this.operation.madeAccounts.add(subject);
    return this.#account(row, epoch);
  }

  async change(subject: Subject, values: Readonly<Record<string, Scalar>>, tx: DataLayer): Promise<void> {
    await this.#update(subject, values, false, tx);
  }

  async changeCredentials(
    subject: Subject,
    values: Readonly<Record<string, Scalar>>,
    since: number,
    tx: DataLayer,
  ): Promise<number> {
    const epoch = await this.parts.subjects.raise(subject, since, tx);
    const endedAt = this.parts.clock.now();
    await tx.update(signInsModel, { subject, endedAt: null }, { endedAt });
    await this.parts.hooks.signedOut(this.operation, { subject, which: 'all', signInId: null }, tx);
    await this.#update(subject, values, true, tx);
    this.operation.raisedEpochs.set(subject, epoch);
    return epoch;
  }

  async rewriteSecret(subject: Subject, field: string, from: Scalar, to: Scalar): Promise<boolean> {
    const { subjectName, key, model } = this.parts.resource;
    const where = keyOf(subjectName, key, subject);
    return where !== null && (await this.data.update(model, { ...where, [field]: from }, { [field]: to })) === 1;
  }

  async requireStillSignedIn(tx: DataLayer): Promise<{ subject: Subject; subjectEpoch: number }> {
    const signIn = this.#signInHere();
    if (signIn === null) throw new SignInRequired();
    const { subject } = signIn;
    const { subjects } = this.parts;
    const subjectEpoch = await subjects.epochOf(subject, tx);
    const isHeld = await subjects.touch(subject, subjectEpoch, tx);
    if (!isHeld || !(await this.#isLive(signIn, tx))) throw new SignInRequired('sign_in_ended');
    return { subject, subjectEpoch };
  }

  subjectOf(user: U): Subject {
    return subjectOfUser(this.parts.resource, user);
  }

  async requireMaySignIn(user: U): Promise<void> {
    if (await this.parts.subjects.isDisabled(this.subjectOf(user), this.data)) throw new SignInNotAllowed('disabled');
    if (!(await this.parts.hooks.maySignIn(user))) throw new SignInNotAllowed('may_not_sign_in');
  }

  /** A person's: what came in a header is nobody who signed in. */
  #signInHere(): SignIn | null {
    const { signIn } = this.operation;
    const isOurs = signIn?.credential === null && subjectNameOf(signIn.subject) === this.parts.resource.subjectName;
    return isOurs ? signIn : null;
  }

  /** Asked under the lock: whatever ended it has committed by then, or waits. Nothing ends one without a row. */
  async #isLive({ id, subject }: SignIn, tx: DataLayer): Promise<boolean> {
    if (this.parts.resource.isStateless) return true;
    return (await tx.findOne(signInsModel, { id, subject, endedAt: null }, ['id'])) !== null;
  }

  /** The epoch first, then the row with its secrets: what is verified against them is no older than the epoch says. */
  async #load(subject: Subject, data: DataLayer): Promise<Loaded<U>> {
    const { resource, subjects } = this.parts;
    const key = keyOf(resource.subjectName, resource.key, subject);
    if (key === null) return NOBODY;
    const fields = [...resource.readFields, ...this.privateFields];
    for (;;) {
      const known = await subjects.find(subject, data);
      const row = await data.findOne(resource.model, { ...key, ...present(resource) }, fields);
      if (row === null || this.#subject(row) !== subject) return NOBODY;
      const createdAt = creationIn(resource, row);
      if (!subjects.isAnother(known, createdAt)) {
        await subjects.note(subject, known, createdAt, data);
        return { account: this.#account(row, known.epoch), hadPredecessor: false };
      }
      const epoch = await subjects.forgetPredecessor(subject, known, createdAt, data);
      if (epoch !== null) return { account: this.#account(row, epoch), hadPredecessor: true };
    }
  }

  async #update(subject: Subject, values: Readonly<Record<string, Scalar>>, credentials: boolean, tx: DataLayer) {
    const { subjectName, key, model } = this.parts.resource;
    const where = keyOf(subjectName, key, subject);
    const { account: before } = await this.#load(subject, tx);
    if (where === null || before === null) return;
    const accepted = await this.#change('update', before.user, values, credentials, tx);
    if (Object.keys(accepted).length > 0) await tx.update(model, where, accepted);
  }

  async #change(
    kind: 'create' | 'update',
    before: U | null,
    values: Readonly<Record<string, Scalar>>,
    credentials: boolean,
    tx: DataLayer,
  ): Promise<Row> {
    const change = { kind, before, values: { ...values }, credentials, tx };
    await this.parts.hooks.changingUser(this.operation, change);
    return change.values;
  }

  #account(row: Row, subjectEpoch: number): Account<U> {
    const { resource, hooks } = this.parts;
    const subject = this.#subject(row);
    const user = hooks.toUser(pick(row, resource.publicFields));
    if (subjectOfUser(resource, user) !== subject) throw new TypeError(anotherKey(resource));
    return { user, subject, subjectEpoch, secrets: pick(row, this.privateFields) };
  }

  #subject(row: Row): Subject {
    return subjectOfUser(this.parts.resource, row);
  }

  /** Every nullable column, null, and the tenant: what a new row has where nobody says otherwise. */
  #empty(): Row {
    const { columns, tenantField } = this.parts.resource.model;
    const nullable = Object.entries(columns).filter(([, column]) => column.nullable);
    const { tenant } = this.parts.tenants.of(this.operation);
    const own = tenantField === null ? {} : { [tenantField]: tenant };
    return { ...Object.fromEntries(nullable.map(([field]) => [field, null])), ...own };
  }
}

interface Loaded<U> {
  readonly account: Account<U> | null;
  /** Somebody else had the key, whose leavings were found at this look-up and are gone. */
  readonly hadPredecessor: boolean;
}

const NOBODY = { account: null, hadPredecessor: false } as const;

function anotherKey({ subjectName }: Pick<AnyResource, 'subjectName'>): string {
  return `Expected toUser of "${subjectName}" to keep the fields of the key as they are in the row, got others`;
}

function respelled({ subjectName }: Pick<AnyResource, 'subjectName'>): string {
  return `Expected the database to keep the key of a "${subjectName}" as it was made, got another: make a uuid in lower case, and no text for a padded column`;
}

function pick(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}
