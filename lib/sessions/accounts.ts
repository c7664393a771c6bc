import { AuthenticationFailed, LastWayIn, SignInNotAllowed } from '../errors/index.js';
import {
  keyOf,
  nobodysKey,
  type AnyResource,
  type DataLayer,
  type Row,
  type Scalar,
  type Subject,
} from '../resources/index.js';
import type { Account, Accounts, Draft, Mailbox, WhichSignIns } from '../strategy/index.js';
import { AccountReader } from './account-reader.js';
import { Credentials, type CredentialsParts } from './credentials.js';
import { endSignIns, endThoseOf, type Ending } from './end-sign-ins.js';
import { NewRows } from './new-rows.js';
import type { Operation } from './operation.js';
import { SecondFactors } from './second-factors.js';
import { sessionCookieName, subjectOfUser } from './session-parts.js';
import { requireStillSignedIn, type Acting } from './still-signed-in.js';
import { FIRST_EPOCH } from './subjects.js';
import type { Tenancies } from './tenants.js';
import { askHooks, changesIdentity } from './user-changes.js';
import { creationIn, present } from './user-rows.js';

/** What {@link ResourceAccounts} works with. */
export interface AccountsParts<U extends object> extends CredentialsParts<U> {
  readonly tenants: Tenancies;
}

/** What a room declared, as far as accounts are concerned. */
export interface RoomFields {
  /** Its private columns. */
  readonly secrets: readonly string[];
  /** The fields whose mailboxes its proofs show. */
  readonly mailboxes: readonly string[];
}

/** The accounts of one resource as one room sees them: public fields, and the private columns that the room declared. */
export class ResourceAccounts<U extends object> implements Accounts<U> {
  readonly #credentials: Credentials<U>;
  readonly #newRows: NewRows<U>;
  readonly #reader: AccountReader<U>;

  constructor(
    private readonly parts: AccountsParts<U>,
    private readonly room: RoomFields,
    private readonly operation: Operation,
    private readonly data: DataLayer,
  ) {
    this.#credentials = new Credentials(parts);
    this.#newRows = new NewRows(parts, operation);
    this.#reader = new AccountReader(parts, room.secrets);
  }

  async findByIdentity(field: string, identity: string, tx?: DataLayer): Promise<Account<U> | null> {
    const { resource } = this.parts;
    const data = tx ?? this.data;
    const fields = [...resource.key.map((part) => part.field), field];
    const found = await data.findOne(resource.model, { [field]: identity, ...present(resource) }, fields);
    // An unknown identity takes the same three look-ups, for a key that nobody has.
    const isTheOne = found !== null && found[field] === identity;
    const loaded = await this.#reader.load(this.#reader.subjectOf(isTheOne ? found : nobodysKey(resource.key)), data);
    return isTheOne ? loaded.account : null;
  }

  /** Whoever asks has a subject from before: where somebody else has its key by now, that one was not meant. */
  async find(subject: Subject, tx?: DataLayer): Promise<Account<U> | null> {
    const { account, hadPredecessor } = await this.#reader.load(subject, tx ?? this.data);
    return hadPredecessor ? null : account;
  }

  /** Whoever has the key now. */
  async findPresent(subject: Subject): Promise<Account<U> | null> {
    return (await this.#reader.load(subject, this.data)).account;
  }

  async create(
    values: Readonly<Record<string, Scalar>>,
    tx: DataLayer,
    shown: readonly string[] = [],
  ): Promise<Account<U>> {
    const times = this.#newRows.confirmation(values, shown);
    return this.#insert(this.#newRows.key(), this.#newRows.creation(), { ...values, ...times }, tx);
  }

  async draft(
    values: Readonly<Record<string, Scalar>>,
    first: (tx: DataLayer) => Promise<void> = () => Promise.resolve(),
  ): Promise<Draft<U>> {
    const [key, creation] = [this.#newRows.key(), this.#newRows.creation()];
    const shown = this.#newRows.confirmation(values, this.room.mailboxes);
    const row = { ...this.#newRows.empty(), ...creation, ...values, ...shown, ...key };
    if (!this.#newRows.isWhole(row)) {
      const made = await this.data.transaction(async (tx) => {
        await first(tx);
        return this.create(values, tx);
      });
      return { ...made, create: () => Promise.resolve() };
    }
    const { epoch } = await this.parts.subjects.find(this.#reader.subjectOf(row), this.data);
    const { user, subject, subjectEpoch } = this.#reader.accountOf(row, epoch);
    const create = async (tx: DataLayer) => {
      await first(tx);
      const made = await this.#insert(key, creation, values, tx);
      // A database may keep a key in a spelling of its own: who is known under ours would be nobody.
      if (made.subject !== subject) throw new TypeError(respelled(this.parts.resource));
    };
    return { user, subject, subjectEpoch, create };
  }

  async #insert(key: Row, creation: Row, asked: Row, tx: DataLayer): Promise<Account<U>> {
    const { resource, subjects, hooks } = this.parts;
    const change = { kind: 'create', before: null, credentials: true, tx } as const;
    const shown = { ...asked, ...this.#newRows.confirmation(asked, this.room.mailboxes) };
    const { values, written } = await askHooks(hooks, this.operation, { ...change, values: shown });
    const row = await tx.insert(resource.model, { ...creation, ...values, ...key });
    const subject = this.#reader.subjectOf(row);
    const epoch = await subjects.begin(subject, creationIn(resource, row), tx);
    if (epoch !== FIRST_EPOCH) this.operation.raisedEpochs.set(subject, epoch);
    this.operation.madeAccounts.add(subject);
    const account = this.#reader.accountOf(row, epoch);
    await written(() => Promise.resolve(account));
    return account;
  }

  async change(subject: Subject, values: Row, tx: DataLayer, since?: number): Promise<void> {
    if (since !== undefined) await this.parts.subjects.lock(subject, since, tx);
    await this.#update(subject, values, false, tx);
  }

  async changeCredentials(
    subject: Subject,
    values: Readonly<Record<string, Scalar>>,
    since: number,
    tx: DataLayer,
  ): Promise<number> {
    const epoch = await this.#credentials.endAll(this.operation, subject, since, tx);
    await this.#update(subject, values, true, tx);
    return epoch;
  }

  async mailboxShown(subject: Subject, mailbox: Mailbox, since: number, tx: DataLayer): Promise<number> {
    await this.parts.subjects.lock(subject, since, tx);
    return this.#credentials.mailboxShown(this.operation, subject, mailbox, since, tx);
  }

  async rewriteSecret(subject: Subject, field: string, from: Scalar, to: Scalar): Promise<boolean> {
    const { subjectName, key, model } = this.parts.resource;
    const where = keyOf(subjectName, key, subject);
    return where !== null && (await this.data.update(model, { ...where, [field]: from }, { [field]: to })) === 1;
  }

  requireStillSignedIn(tx: DataLayer): Promise<Acting> {
    return requireStillSignedIn(this.parts, this.operation, tx);
  }

  async requireWayIn(subject: Subject, tx: DataLayer): Promise<void> {
    const account = await this.find(subject, tx);
    if (account === null) throw new AuthenticationFailed('unknown_user');
    const ways = await this.parts.hooks.waysIn(this.operation, account.user, tx);
    if (![...ways.values()].some((count) => count > 0)) throw new LastWayIn();
    await new SecondFactors(this.parts).requireLeft(this.operation, account.user, tx);
  }

  isUnique(field: string): boolean {
    const { unique = [], tenantField } = this.parts.resource.model;
    return unique.some((fields) => fields.every((one) => one === field || one === tenantField));
  }

  async endSignIns(subject: Subject, which: WhichSignIns, tx: DataLayer): Promise<number> {
    const { operation, parts } = this;
    const own = operation.signIn?.subject === subject ? operation.signIn : null;
    const { count, epoch } = await this.#end(subject, which, own?.id ?? null, tx);
    if (epoch !== null) operation.raisedEpochs.set(subject, epoch);
    if (which === 'all' && own?.token === null) parts.afterCommit(tx, () => this.#clearSession());
    return count;
  }

  subjectOf(user: U): Subject {
    return subjectOfUser(this.parts.resource, user);
  }

  async requireMaySignIn(user: U): Promise<void> {
    if (await this.parts.subjects.isDisabled(this.subjectOf(user), this.data)) throw new SignInNotAllowed('disabled');
    if (!(await this.parts.hooks.maySignIn(user))) throw new SignInNotAllowed('may_not_sign_in');
  }

  #end(subject: Subject, which: WhichSignIns, own: string | null, tx: DataLayer): Promise<Ending> {
    const { operation, parts } = this;
    if (typeof which === 'string') {
      const signInId = which === 'others' ? own : null;
      return endSignIns(parts, operation, { subject, which, signInId }, tx);
    }
    if ('origin' in which) return endThoseOf(parts, operation, { subject, ...which }, tx);
    return endSignIns(parts, operation, { subject, which: 'this', signInId: which.id }, tx);
  }

  #clearSession(): void {
    const { cookies } = this.operation;
    const { tenant } = this.parts.tenants.of(this.operation);
    if (cookies.writable) cookies.clear(sessionCookieName(this.parts.resource.subjectName, tenant));
  }

  /** @param epochIsRaised by whoever changes a credential: else a new identity does it, unless the hooks withhold it */
  async #update(subject: Subject, asked: Row, epochIsRaised: boolean, tx: DataLayer): Promise<void> {
    const { resource, hooks } = this.parts;
    const where = keyOf(resource.subjectName, resource.key, subject);
    const { account } = await this.#reader.load(subject, tx);
    if (where === null || account === null) return;
    const { user: before, subjectEpoch } = account;
    const credentials = epochIsRaised || changesIdentity(resource, before, asked);
    const change = { kind: 'update', before, credentials, values: asked, tx } as const;
    const { values, written } = await askHooks(hooks, this.operation, change);
    const raisesEpoch = !epochIsRaised && changesIdentity(resource, before, values);
    if (raisesEpoch) await this.#credentials.endAll(this.operation, subject, subjectEpoch, tx);
    if (Object.keys(values).length > 0) await tx.update(resource.model, where, values);
    await written(async () => (await this.#reader.load(subject, tx)).account);
  }
}

function respelled({ subjectName }: Pick<AnyResource, 'subjectName'>): string {
  return `Expected the database to keep the key of a "${subjectName}" as it was made, got another: make a uuid in lower case, and no text for a padded column`;
}
