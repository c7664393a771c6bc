import { randomBytes } from 'node:crypto';
import { InvalidInput, NotFound } from '../../errors/index.js';
import { textOf, type DataLayer, type Subject } from '../../resources/index.js';
import type { JsonObject, StrategyContext } from '../../strategy/index.js';
import type { PasskeyPurpose, ResolvedWebauthnOptions } from './webauthn.options.js';
import {
  listed,
  parsePasskey,
  passkeysModel,
  userHandlesModel,
  type ListedPasskey,
  type Passkey,
} from './webauthn.rows.js';

const USER_HANDLE_BYTES = 64;

/** A passkey that is to be kept. */
export type NewPasskey = Omit<Passkey, 'subject' | 'lastUsedAt'>;

/** Whose it is, and whom to tell. */
interface Owner {
  readonly subject: Subject;
  readonly user: unknown;
}

/** The passkeys of somebody. Each statement names the owner: a foreign one and an unknown one are the same. */
export class Passkeys<U> {
  constructor(private readonly options: ResolvedWebauthnOptions) {}

  /** Oldest first. */
  async of(ctx: StrategyContext<U>, subject: Subject, data: DataLayer = ctx.data): Promise<readonly Passkey[]> {
    const page = { orderBy: 'createdAt', limit: this.options.maxPerSubject } as const;
    const rows = await data.findMany(passkeysModel, { subject, audience: this.audienceOf(ctx) }, page);
    return rows.map(parsePasskey);
  }

  async list(ctx: StrategyContext<U>, subject: Subject): Promise<readonly ListedPasskey[]> {
    return (await this.of(ctx, subject)).map(listed);
  }

  /** @throws {NotFound} */
  async rename(ctx: StrategyContext<U>, subject: Subject, id: string, name: string): Promise<void> {
    const own = { id, subject, audience: this.audienceOf(ctx) };
    if ((await ctx.data.update(passkeysModel, own, { name })) !== 1) throw new NotFound('unknown_passkey');
  }

  /**
   * For good, and never the last way in. Whoever signed in by it somewhere else is signed out, for a passkey may be removed because
   * somebody has it.
   *
   * @throws {NotFound} @throws {LastWayIn}
   */
  async remove(ctx: StrategyContext<U>, id: string, tx: DataLayer): Promise<JsonObject> {
    const { subject } = await ctx.accounts.requireStillSignedIn(tx);
    const own = { id, subject, audience: this.audienceOf(ctx) };
    const row = await tx.findOne(passkeysModel, own);
    if (row === null || (await tx.delete(passkeysModel, own)) !== 1) throw new NotFound('unknown_passkey');
    await ctx.accounts.requireWayIn(subject, tx);
    const ended = await ctx.accounts.endSignIns(subject, 'others', tx);
    this.#tell(ctx, 'removed', { subject, user: ctx.signIn?.user }, parsePasskey(row), tx);
    return { ended };
  }

  /**
   * Keeps a passkey. The owner's row is locked by now: who counts at the same time waits.
   *
   * @throws {InvalidInput} `taken` where it is somebody's, `too_many`
   */
  async add(ctx: StrategyContext<U>, owner: Owner, made: NewPasskey, tx: DataLayer): Promise<void> {
    const { subject } = owner;
    const { transports, ...values } = made;
    await this.requireRoom(ctx, subject, tx);
    const whose = { audience: this.audienceOf(ctx), subject };
    const row = { ...values, ...whose, transports: transports.join(' '), lastUsedAt: null };
    if (!(await tx.insertIfAbsent(passkeysModel, row))) {
      throw InvalidInput.of('credential', 'taken', 'is registered already');
    }
    this.#tell(ctx, 'added', owner, made, tx);
  }

  /** @throws {InvalidInput} `too_many` */
  async requireRoom(ctx: StrategyContext<U>, subject: Subject, data: DataLayer = ctx.data): Promise<void> {
    const { maxPerSubject } = this.options;
    if ((await this.of(ctx, subject, data)).length < maxPerSubject) return;
    throw InvalidInput.of('*', 'too_many', `there are ${maxPerSubject} passkeys, which is all that there may be`);
  }

  /** What authenticators are told that this user is: made once, by whoever is first. */
  async userHandleOf(ctx: StrategyContext<U>, subject: Subject): Promise<string> {
    const whose = { audience: this.audienceOf(ctx), subject };
    await this.keepUserHandle(ctx, subject, newUserHandle(), ctx.data);
    const row = await ctx.data.findOne(userHandlesModel, whose, ['userHandle']);
    return String(row?.['userHandle']);
  }

  async keepUserHandle(ctx: StrategyContext<U>, subject: Subject, userHandle: string, data: DataLayer): Promise<void> {
    await data.insertIfAbsent(userHandlesModel, { audience: this.audienceOf(ctx), subject, userHandle });
  }

  /** Whose passkeys these are, for rows that several apps, resources and strategies may share. */
  audienceOf({ audience }: Pick<StrategyContext<U>, 'audience'>): string {
    return `${audience}:${this.options.name}`;
  }

  #tell(
    ctx: StrategyContext<U>,
    what: 'added' | 'removed',
    { subject, user }: Owner,
    { id: passkeyId, name: passkeyName }: Pick<Passkey, 'id' | 'name'>,
    tx: DataLayer,
  ): void {
    const purpose: PasskeyPurpose = `passkey-${what}`;
    const to = textOf(user, this.options.addressField);
    ctx.afterCommit(tx, () => ctx.observe(what, 'ok', { passkeyId, subject }));
    if (this.options.sender !== undefined && to !== '') ctx.send({ purpose, to, user, passkeyName }, tx);
  }
}

export function newUserHandle(): string {
  return randomBytes(USER_HANDLE_BYTES).toString('base64url');
}
