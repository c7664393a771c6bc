import type { DataLayer, Subject, Where } from '../../resources/index.js';
import type { Account, Proof, StrategyContext } from '../../strategy/index.js';
import { matchingStep, randomSeed } from './totp.codes.js';
import { fail } from './totp.errors.js';
import type { ResolvedTotpOptions } from './totp.options.js';
import { findSeed, totpSeedsModel, type SeedKey, type SeedRow } from './totp.rows.js';

/** A right code, before it is used up. */
export interface Match<U> {
  readonly account: Account<U>;
  readonly row: SeedRow;
  /** The step that it is of. */
  readonly step: number;
  /** The seed as it is to be kept from now on. */
  readonly sealed: string;
}

/** What is compared with where there is nothing: no app shows its codes. */
const NOBODYS = randomSeed();

/** What can be done with codes, for whoever asks: no request in sight. */
export class TotpActions<U> {
  constructor(readonly options: ResolvedTotpOptions) {}

  /**
   * That somebody has the seed, by a code that is used up as the proof takes effect.
   *
   * @throws {AuthenticationFailed} the same, after the same work, whatever is wrong
   */
  async prove(ctx: StrategyContext<U>, account: Account<U> | null, typed: string): Promise<Proof<U>> {
    const match = await this.verify(ctx, account, 'active', typed);
    const spend: Proof<U>['effect'] = async (tx) => {
      const changes = { lastStep: match.step, seed: match.sealed };
      if ((await tx.update(totpSeedsModel, unused(match), changes)) !== 1) fail('used_code');
    };
    return byCode(match.account, spend);
  }

  /** Only the right code of this account, and changes nothing: whoever goes on has to use it up. @throws {AuthenticationFailed} */
  async verify(
    ctx: StrategyContext<U>,
    account: Account<U> | null,
    state: SeedKey['state'],
    typed: string,
  ): Promise<Match<U>> {
    const subject = account?.subject ?? NOBODY;
    const row = await findSeed(ctx.data, this.keyOf(ctx, subject, state));
    const opened = row === null ? null : this.open(ctx, row);
    const step = matchingStep(opened?.seed ?? NOBODYS, typed, ctx.clock.now());
    if (account === null) return fail('unknown_user');
    if (row === null) return fail(state === 'active' ? 'not_enrolled' : 'no_setup');
    if (opened === null) return fail('unreadable_seed');
    if (step === null) return fail('wrong_code');
    return { account, row, step, sealed: opened.sealed };
  }

  /** The seed that is enrolled. */
  async findActive(ctx: StrategyContext<U>, subject: Subject, data: DataLayer = ctx.data): Promise<SeedRow | null> {
    return findSeed(data, this.keyOf(ctx, subject, 'active'));
  }

  /** Null where it was sealed for somebody else, or under a secret that the app has no more: which the log says. */
  open(ctx: StrategyContext<U>, { key, seed: kept }: SeedRow): OpenedSeed | null {
    const opened = ctx.vault.open(sealedAbout(key.subject), kept);
    if (opened === null) {
      ctx.observe('seed', 'error', { reason: 'unreadable_seed', subject: key.subject });
      return null;
    }
    return { seed: Buffer.from(opened.plain, 'base64url'), sealed: opened.resealed ?? kept };
  }

  seal(ctx: StrategyContext<U>, subject: Subject, seed: Uint8Array): string {
    return ctx.vault.seal(sealedAbout(subject), Buffer.from(seed).toString('base64url'));
  }

  keyOf(ctx: StrategyContext<U>, subject: Subject, state: SeedKey['state']): SeedKey {
    return { audience: `${ctx.audience}:${this.options.name}`, subject, state };
  }
}

/** A seed, and as what it is kept. */
export interface OpenedSeed {
  readonly seed: Uint8Array;
  readonly sealed: string;
}

/**
 * The row, unless this code or a later one was used up: of any number of parallel uses one finds it. With another seed than was
 * compared it is not found either.
 */
export function unused<U>({ row, step }: Match<U>): Where {
  return { ...row.key, seed: row.seed, lastStep: { lt: step } };
}

/** RFC 8176 §2: `otp`. */
export function byCode<U>({ user, subjectEpoch }: Account<U>, effect: Proof<U>['effect']): Proof<U> {
  return { user, methods: ['otp'], factors: 1, subjectEpoch, effect };
}

/** No subject is spelt like that. */
const NOBODY = '' as Subject;

function sealedAbout(owner: Subject) {
  return { table: totpSeedsModel.table, column: 'seed', owner };
}
