import { AuthenticationFailed, InvalidToken, UniqueViolation } from '../../../lib/errors/index.js';
import { subjectOf, type DataLayer, type Scalar, type Subject } from '../../../lib/resources/index.js';
import type { Message } from '../../../lib/senders/index.js';
import type {
  Account,
  Accounts,
  Draft,
  Mailbox,
  SignIn,
  StrategyContext,
  TokenAbout,
  TokenFacts,
  TokenIssuer,
} from '../../../lib/strategy/index.js';
import { addSeconds } from '../../../lib/time/index.js';
import { insideTransaction } from './fake-hash-provider.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
}

interface Stored {
  values: Record<string, Scalar>;
  epoch: number;
}

const KEY = [{ field: 'id', type: 'text' }] as const;
const unused = (): never => {
  throw new Error('this power is not for passwords');
};

/** One resource in memory, and the powers that the password room is given over it. Transactions roll back. */
export class FakeWorld {
  readonly rows = new Map<Subject, Stored>();
  readonly tokens = new Map<string, { purpose: string; about: TokenAbout; expiresAt: Date; spent: boolean }>();
  readonly sent: Message[] = [];
  readonly after: (() => Promise<void>)[] = [];
  readonly observed: { name: string; outcome: string; facts: object }[] = [];
  now = new Date('2026-01-01T00:00:00Z');
  /** Runs between the look-up of an account and the rest: for races. */
  afterFind: () => void = () => undefined;

  addUser(email: string, passwordHash: string | null, name: string | null = null): Subject {
    const values = { id: `u${this.rows.size + 1}`, email, name, passwordHash };
    const subject = subjectOf('user', KEY, values);
    this.rows.set(subject, { values, epoch: 1 });
    return subject;
  }

  hashOf(subject: Subject): Scalar | undefined {
    return this.rows.get(subject)?.values['passwordHash'];
  }

  /** The token of a reset link, as it is mailed. */
  async resetTokenOf(subject: Subject): Promise<string> {
    const { tokens, data } = this.context();
    const address = this.rows.get(subject)?.values['email'];
    const about = { subject, subjectEpoch: 1, lifetimeSeconds: 1800, data: { address } };
    return (await tokens.issue('reset', about, data)).token;
  }

  async runAfterAnswer(): Promise<void> {
    for (const work of this.after.splice(0)) await work();
  }

  context({ signedIn = null, address = '192.0.2.1' }: { signedIn?: Subject | null; address?: string | null } = {}) {
    const context: StrategyContext<User> = {
      transport: 'http',
      subjectName: 'user',
      activity: ['password', null],
      tenant: null,
      client: { address, userAgent: null, claimedHost: null },
      headers: { get: () => [] },
      cookies: { get: () => null, writable: true, set: unused, clear: unused },
      users: new Map(),
      signIn: signedIn === null ? null : this.#signIn(signedIn),
      pending: null,
      carried: {},
      result: null,
      returnTo: null,
      native: unused,
      accounts: new FakeAccounts(this),
      data: this.#data(),
      audience: 'test-app:user',
      tokens: this.#tokens(),
      flows: { start: unused, read: unused, spend: unused },
      inject: unused,
      vault: { seal: unused, open: unused },
      limits: { count: unused },
      clock: { now: () => this.now },
      links: {
        to: unused,
        page: (path, query) => new URL(`${path}?${new URLSearchParams(query).toString()}`, 'https://app.example'),
      },
      send: (message) => void this.sent.push({ ...message, tenant: null } as Message), // as its purpose says
      afterAnswer: (work) => void this.after.push(work),
      observe: (name, outcome, facts) => void this.observed.push({ name, outcome, facts }),
      afterCommit: unused,
    };
    return context;
  }

  #signIn(subject: Subject): SignIn {
    return {
      id: 's1',
      subject,
      user: this.rows.get(subject)?.values,
      tenant: null,
      methods: ['pwd'],
      authenticatedAt: this.now,
      secondFactorAt: null,
      expiresAt: addSeconds(this.now, 60),
      remembered: false,
      actor: null,
      token: null,
      claims: {},
      issued: {},
      credential: null,
    };
  }

  #data(): DataLayer {
    const data: DataLayer = {
      insert: unused,
      insertIfAbsent: unused,
      findOne: unused,
      findMany: unused,
      update: unused,
      increment: unused,
      delete: unused,
      forTenant: unused,
      transaction: async (work) => {
        const [rows, tokens] = [structuredClone(this.rows), structuredClone(this.tokens)];
        try {
          return await insideTransaction.run(true, () => work(data));
        } catch (error) {
          restore(this.rows, rows);
          restore(this.tokens, tokens);
          throw error;
        }
      },
    };
    return data;
  }

  #tokens(): TokenIssuer {
    const facts = (purpose: string, token: string): TokenFacts => {
      const found = this.tokens.get(token);
      if (found?.purpose !== purpose) throw new InvalidToken('unknown');
      const { subject, subjectEpoch, data = {} } = found.about;
      const epoch = subject === null ? subjectEpoch : this.rows.get(subject)?.epoch;
      if (found.spent || found.expiresAt <= this.now || epoch !== subjectEpoch) throw new InvalidToken('dead');
      return { id: token, subject, subjectEpoch, issuedAt: this.now, expiresAt: found.expiresAt, data };
    };
    return {
      issue: async (purpose, about) => {
        const token = `${purpose}-${this.tokens.size + 1}`;
        for (const [other, old] of this.tokens) {
          if (old.purpose === purpose && old.about.subject === about.subject) this.tokens.delete(other);
        }
        const expiresAt = addSeconds(this.now, about.lifetimeSeconds);
        this.tokens.set(token, { purpose, about, expiresAt, spent: false });
        return { token, id: token };
      },
      read: async (purpose, token) => facts(purpose, token),
      find: unused,
      spend: async (purpose, presented) => {
        const token = typeof presented === 'string' ? presented : presented.id;
        const found = facts(purpose, token);
        const stored = this.tokens.get(token);
        if (stored !== undefined) stored.spent = true;
        return found;
      },
    };
  }
}

class FakeAccounts implements Accounts<User> {
  constructor(private readonly world: FakeWorld) {}

  async findByIdentity(field: string, identity: string): Promise<Account<User> | null> {
    const found = [...this.world.rows].find(([, { values }]) => values[field] === identity);
    const account = found === undefined ? null : accountOf(found[0], found[1]);
    this.world.afterFind();
    return account;
  }

  async find(subject: Subject): Promise<Account<User> | null> {
    const stored = this.world.rows.get(subject);
    const account = stored === undefined ? null : accountOf(subject, stored);
    this.world.afterFind();
    return account;
  }

  async create(values: Readonly<Record<string, Scalar>>): Promise<Account<User>> {
    const taken = [...this.world.rows.values()].some((row) => row.values['email'] === values['email']);
    if (taken) throw new UniqueViolation('users', ['email']);
    const draft = this.#account(values);
    this.world.rows.set(draft.subject, draft.stored);
    return accountOf(draft.subject, draft.stored);
  }

  async draft(values: Readonly<Record<string, Scalar>>): Promise<Draft<User>> {
    const { subject, stored } = this.#account(values);
    const { user, subjectEpoch } = accountOf(subject, stored);
    return { user, subject, subjectEpoch, create: async () => void (await this.create(values)) };
  }

  #account(values: Readonly<Record<string, Scalar>>) {
    const row = { name: null, ...values, id: `u${this.world.rows.size + 1}` };
    return { subject: subjectOf('user', KEY, row), stored: { values: row, epoch: 1 } };
  }

  async change(): Promise<void> {
    unused();
  }

  async changeCredentials(subject: Subject, values: Readonly<Record<string, Scalar>>, since: number): Promise<number> {
    const stored = this.world.rows.get(subject);
    if (stored?.epoch !== since) throw new AuthenticationFailed('credentials_changed');
    stored.epoch += 1;
    stored.values = { ...stored.values, ...values };
    return stored.epoch;
  }

  async rewriteSecret(subject: Subject, field: string, from: Scalar, to: Scalar): Promise<boolean> {
    const stored = this.world.rows.get(subject);
    if (stored?.values[field] !== from) return false;
    stored.values = { ...stored.values, [field]: to };
    return true;
  }

  async requireStillSignedIn(): Promise<never> {
    return unused();
  }

  async requireWayIn(): Promise<never> {
    return unused();
  }

  async mailboxShown(subject: Subject, { field, address }: Mailbox, since: number): Promise<number> {
    const stored = this.world.rows.get(subject);
    if (stored?.epoch !== since) throw new AuthenticationFailed('credentials_changed');
    if (stored.values[field] !== address) throw new InvalidToken('mailbox_changed');
    return since;
  }

  isUnique(field: string): boolean {
    return field === 'email';
  }

  async endSignIns(): Promise<number> {
    return unused();
  }

  subjectOf(user: User): Subject {
    return subjectOf('user', KEY, { id: user.id });
  }

  async requireMaySignIn(): Promise<void> {}
}

function accountOf(subject: Subject, { values, epoch }: Stored): Account<User> {
  const { id, email, name, passwordHash = null, passwordMustChange = null } = values;
  const user = { id: String(id), email: String(email), name: typeof name === 'string' ? name : null };
  const secrets = { passwordHash, passwordMustChange };
  const confirmed = new Set(values['emailConfirmedAt'] instanceof Date ? ['email'] : []);
  return { user, subject, subjectEpoch: epoch, secrets, confirmed };
}

function restore<K, V>(map: Map<K, V>, to: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of to) map.set(key, value);
}
