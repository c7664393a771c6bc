import { randomName, randomToken, safeEqual } from '../../crypto/index.js';
import type { DataLayer, Row } from '../../resources/index.js';
import {
  requireFactorOfSignIn,
  type Account,
  type Outcome,
  type Proof,
  type StrategyContext,
} from '../../strategy/index.js';
import { hashOf, makeCode } from './recovery-code.codes.js';
import { fail } from './recovery-code.errors.js';
import { RecoveryCodeNotice } from './recovery-code.notices.js';
import type { ResolvedRecoveryCodeOptions } from './recovery-code.options.js';
import { countCodes, findCodes, recoveryCodesModel, type Owner } from './recovery-code.rows.js';

/** How it stands with somebody's codes. */
export interface RecoveryCodeStatus {
  readonly codesLeft: number;
  /** When the set was made; null where none is left of it. */
  readonly createdAt: Date | null;
}

/** RFC 8176 has no value for it. `otp` is what an authenticator app shows, which is worth more and is not what was shown. */
const METHOD = 'recovery-code';

/** What is hashed with where there are no codes. */
const NOBODYS_SALT = randomToken();

/** What can be done with codes, for whoever asks: no request in sight. */
export class RecoveryCodeActions<U> {
  readonly #notice: RecoveryCodeNotice<U>;

  constructor(readonly options: ResolvedRecoveryCodeOptions) {
    this.#notice = new RecoveryCodeNotice(options);
  }

  /**
   * A new set, shown this once; nothing of the old one works any more. Ends every other sign-in.
   *
   * @throws {FreshSignInRequired} where a second factor belongs to the sign-in, and was not what was shown last
   */
  async generate(ctx: StrategyContext<U>, account: Account<U>): Promise<Outcome<U>> {
    const owner = this.#ownerOf(ctx, account);
    requireFactorOfSignIn(ctx);
    const codes = Array.from({ length: this.options.count }, makeCode);
    const rows = await this.#rowsOf(ctx, owner, codes);
    const effect = async (tx: DataLayer) => {
      const replaced = await tx.delete(recoveryCodesModel, owner);
      for (const row of rows) await tx.insert(recoveryCodesModel, row);
      await ctx.accounts.endSignIns(account.subject, 'others', tx);
      this.#notice.changed(ctx, account.user, replaced === 0 ? 'added' : 'replaced', tx);
      return { codes };
    };
    return { kind: 'renewed', effect };
  }

  /**
   * That somebody has one of the codes, which is used up as the proof takes effect.
   *
   * @throws {AuthenticationFailed} the same, after the same work, whatever is wrong
   */
  async prove(ctx: StrategyContext<U>, account: Account<U>, typed: string): Promise<Proof<U>> {
    const owner = this.#ownerOf(ctx, account);
    const kept = await findCodes(ctx.data, owner);
    const hash = await this.#hash(ctx, typed, kept[0]?.salt ?? NOBODYS_SALT);
    const [match] = kept.filter(({ codeHash }) => safeEqual(codeHash, hash));
    if (match === undefined) return fail(kept.length === 0 ? 'no_codes' : 'wrong_code');
    const { user, subjectEpoch } = account;
    const effect: Proof<U>['effect'] = async (tx) => {
      // Of any number of parallel uses one deletes the row.
      if ((await tx.delete(recoveryCodesModel, { ...owner, id: match.id })) !== 1) fail('used_code');
      this.#notice.used(ctx, user, await countCodes(tx, owner), tx);
    };
    return { user, methods: [METHOD], factors: 1, subjectEpoch, effect };
  }

  async status(ctx: StrategyContext<U>, account: Account<U>): Promise<RecoveryCodeStatus> {
    const kept = await findCodes(ctx.data, this.#ownerOf(ctx, account));
    return { codesLeft: kept.length, createdAt: kept[0]?.createdAt ?? null };
  }

  countOf(ctx: StrategyContext<U>, user: U, data: DataLayer): Promise<number> {
    return countCodes(data, this.#ownerOf(ctx, { subject: ctx.accounts.subjectOf(user) }));
  }

  async #rowsOf(ctx: StrategyContext<U>, owner: Owner, codes: readonly string[]): Promise<readonly Row[]> {
    const [salt, createdAt] = [randomToken(), ctx.clock.now()];
    const rows: Row[] = [];
    for (const code of codes) {
      rows.push({ ...owner, id: randomName(), codeHash: await this.#hash(ctx, code, salt), salt, createdAt });
    }
    return rows;
  }

  #hash(ctx: StrategyContext<U>, typed: string, salt: string): Promise<string> {
    return this.options.hashQueue.run(ctx.client.address, () => hashOf(typed, salt));
  }

  #ownerOf(ctx: StrategyContext<U>, { subject }: Pick<Account<U>, 'subject'>): Owner {
    return { audience: `${ctx.audience}:${this.options.name}`, subject };
  }
}
