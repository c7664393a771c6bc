import { AuthenticationFailed, Overtaken } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import type { Shown } from '../../series/index.js';
import type { Ended, MadeSignIn, Proof, StrategyContext } from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import { NAME, RememberCookie, seriesOf } from './remember-me.cookie.js';
import type { ResolvedRememberMeOptions } from './remember-me.options.js';
import { endStolen } from './remember-me.theft.js';
import { isWished } from './remember-me.wish.js';

/**
 * Browsers that are known by a series. A series has one sign-in at a time: whoever uses a copy of the cookie ends what the owner had
 * by it, and the owner's next visit shows the copy.
 */
export class RememberedBrowsers<U extends object> {
  constructor(private readonly options: ResolvedRememberMeOptions) {}

  /** Whose browser it is. Changes nothing, but for a stolen series. */
  async find(ctx: StrategyContext<U>): Promise<Proof<U> | null> {
    const cookie = new RememberCookie(ctx);
    const { value } = cookie;
    if (value === null) return null;
    const shown = await seriesOf(ctx).look(value, ctx.data);
    const account = shown === null ? null : await ctx.accounts.find(shown.subject);
    if (shown === null || account?.subjectEpoch !== shown.epoch) {
      // Of an owner who is gone: an account made anew under the key has none of it.
      if (shown !== null) await seriesOf(ctx).end({ id: shown.id }, ctx.data);
      cookie.clear();
      return null;
    }
    if (shown.state === 'older') {
      await ctx.data.transaction((tx) => endStolen(ctx, this.options, shown, account.user, tx));
      cookie.clear();
      return null;
    }
    if (shown.value !== value) cookie.set(shown.value, shown);
    return proofOf(account.user, shown);
  }

  /** Somebody signs out in this browser: what it is known by ends, and the sign-in that stands behind it. */
  async leave(ctx: StrategyContext<U>): Promise<void> {
    const cookie = new RememberCookie(ctx);
    const { value } = cookie;
    if (value === null) return;
    const shown = await seriesOf(ctx).look(value, ctx.data);
    const owner = shown?.state === 'older' ? await ctx.accounts.find(shown.subject) : null;
    if (shown !== null) {
      await ctx.data.transaction(async (tx) => {
        if (shown.state === 'older') return endStolen(ctx, this.options, shown, owner?.user ?? null, tx);
        if ((await seriesOf(ctx).end({ id: shown.id }, tx)) === 1) await endBefore(ctx, shown, tx);
      });
    }
    cookie.clear();
  }

  async signedIn(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, tx: DataLayer): Promise<void> {
    const series = seriesOf(ctx);
    if (signIn.replaces !== null) return series.move(signIn.replaces, signIn, tx);
    const cookie = new RememberCookie(ctx);
    const { value } = cookie;
    const shown = value === null ? null : await series.look(value, tx);
    if (signIn.methods.includes(NAME)) return this.#takeStep(ctx, signIn, shown, tx);
    const own = shown === null ? null : await this.#own(ctx, signIn, shown, tx);
    if (isWished(ctx.carried) && signIn.actor === null && ctx.cookies.writable)
      return this.#begin(ctx, signIn, own, tx);
    if (own !== null) return this.#goOn(ctx, signIn, own, tx);
    if (value !== null) ctx.afterCommit(tx, () => cookie.clear());
  }

  async signedOut(ctx: StrategyContext<U>, { subject, which, signInId }: Ended, tx: DataLayer): Promise<void> {
    if (which !== 'this') await seriesOf(ctx).end({ subject }, tx);
    else if (signInId !== null) await seriesOf(ctx).end({ subject, signInId }, tx);
  }

  /** A sign-in by the series, or one that was completed after it: it uses the step up, and takes the place of the one before. */
  async #takeStep(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, shown: Shown | null, tx: DataLayer): Promise<void> {
    if (shown === null || !isOf(shown, signIn) || shown.state === 'older')
      throw new AuthenticationFailed('series_ended');
    // What a parallel request has got is not to be taken from it: this one gets the same.
    if (signIn.remembered && shown.state === 'kept' && shown.signInId !== null) throw new Overtaken();
    const value = await seriesOf(ctx).take(shown, signIn.id, tx);
    if (value === null) throw new Overtaken();
    await endBefore(ctx, shown, tx);
    ctx.afterCommit(tx, () => {
      new RememberCookie(ctx).set(value, shown);
      ctx.observe('sign-in', 'ok', { subject: signIn.subject });
    });
  }

  /** What is in the browser, if it is this user's. Else it ends: whoever comes next would be taken for somebody else. */
  async #own(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, shown: Shown, tx: DataLayer): Promise<Shown | null> {
    const isTheirs = isOf(shown, signIn);
    if (isTheirs && shown.state !== 'older') return shown;
    if (shown.state === 'older') await endStolen(ctx, this.options, shown, isTheirs ? signIn.user : null, tx);
    else await seriesOf(ctx).end({ id: shown.id }, tx);
    return null;
  }

  async #begin(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, old: Shown | null, tx: DataLayer): Promise<void> {
    const series = seriesOf(ctx);
    if (old !== null) await series.end({ id: old.id }, tx);
    const { subject, subjectEpoch, authenticatedAt: since, id: signInId } = signIn;
    const expiresAt = addSeconds(ctx.clock.now(), this.options.lifetimeSeconds);
    const value = await series.begin({ subject, subjectEpoch, since, signInId, expiresAt }, tx);
    ctx.afterCommit(tx, () => new RememberCookie(ctx).set(value, { expiresAt }));
  }

  /** Whoever signs in anew in their own browser stays remembered: nobody is asked to wish it again, and it lasts no longer. */
  async #goOn(
    ctx: StrategyContext<U>,
    { id, authenticatedAt: at }: MadeSignIn<U>,
    own: Shown,
    tx: DataLayer,
  ): Promise<void> {
    await seriesOf(ctx).attach(own, { id, at }, tx);
    await endBefore(ctx, own, tx);
  }
}

function proofOf<U>(user: U, { epoch, since, state, signInId }: Shown): Proof<U> {
  const last = signInId ?? undefined;
  const remembered = { since, before: last, ...(state === 'kept' && { signInId: last }) };
  return { user, methods: [NAME], factors: 1, subjectEpoch: epoch, remembered };
}

function isOf<U>(shown: Shown, { subject, subjectEpoch }: MadeSignIn<U>): boolean {
  return shown.subject === subject && shown.epoch === subjectEpoch;
}

/** The sign-in that the series had until now. */
async function endBefore<U>(ctx: StrategyContext<U>, { subject, signInId }: Shown, tx: DataLayer): Promise<void> {
  if (signInId !== null) await ctx.accounts.endSignIns(subject, { id: signInId }, tx);
}
