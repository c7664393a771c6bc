import { keyOf, type AnyResource, type DataLayer, type Resource, type Row, type Subject } from '../resources/index.js';
import type { Account } from '../strategy/index.js';
import type { Hooks } from './hooks.js';
import { subjectOfUser } from './session-parts.js';
import type { Subjects } from './subjects.js';
import { creationIn, present } from './user-rows.js';

/** What {@link AccountReader} works with. */
export interface AccountReaderParts<U extends object> {
  readonly resource: Resource<U>;
  readonly subjects: Subjects;
  readonly hooks: Pick<Hooks<U>, 'toUser'>;
}

/** What a look-up found. */
export interface Loaded<U> {
  readonly account: Account<U> | null;
  /** Somebody else had the key, whose leavings were found at this look-up and are gone. */
  readonly hadPredecessor: boolean;
}

const NOBODY = { account: null, hadPredecessor: false } as const;

/** Reads accounts: public fields, and the private columns of one room. */
export class AccountReader<U extends object> {
  /** @param secrets the room's private columns */
  constructor(
    private readonly parts: AccountReaderParts<U>,
    private readonly secrets: readonly string[],
  ) {}

  /** The epoch first, then the row with its secrets: what is verified against them is no older than the epoch says. */
  async load(subject: Subject, data: DataLayer): Promise<Loaded<U>> {
    const { resource, subjects } = this.parts;
    const key = keyOf(resource.subjectName, resource.key, subject);
    if (key === null) return NOBODY;
    const fields = [...resource.readFields, ...this.secrets];
    for (;;) {
      const known = await subjects.find(subject, data);
      const row = await data.findOne(resource.model, { ...key, ...present(resource) }, fields);
      if (row === null || this.subjectOf(row) !== subject) return NOBODY;
      const createdAt = creationIn(resource, row);
      if (!subjects.isAnother(known, createdAt)) {
        await subjects.note(subject, known, createdAt, data);
        return { account: this.accountOf(row, known.epoch), hadPredecessor: false };
      }
      const epoch = await subjects.forgetPredecessor(subject, known, createdAt, data);
      if (epoch !== null) return { account: this.accountOf(row, epoch), hadPredecessor: true };
    }
  }

  /** @throws {TypeError} where the app's `toUser` changes the key */
  accountOf(row: Row, subjectEpoch: number): Account<U> {
    const { resource, hooks } = this.parts;
    const subject = this.subjectOf(row);
    const user = hooks.toUser(pick(row, resource.publicFields));
    if (subjectOfUser(resource, user) !== subject) throw new TypeError(anotherKey(resource));
    const known = [...resource.confirmed].filter(([, time]) => (row[time] ?? null) !== null);
    const confirmed = new Set(known.map(([field]) => field));
    return { user, subject, subjectEpoch, secrets: pick(row, this.secrets), confirmed };
  }

  subjectOf(row: Row): Subject {
    return subjectOfUser(this.parts.resource, row);
  }
}

function anotherKey({ subjectName }: Pick<AnyResource, 'subjectName'>): string {
  return `Expected toUser of "${subjectName}" to keep the fields of the key as they are in the row, got others`;
}

function pick(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}
