import { seriesModel } from '../../series/index.js';
import type { AddOn, Performs } from '../../strategy/index.js';
import { RememberedBrowsers } from './remember-me.actions.js';
import { findProblems } from './remember-me.check.js';
import { NAME } from './remember-me.cookie.js';
import { resolveRememberMeOptions, type RememberMeOptions } from './remember-me.options.js';
import { THEFT } from './remember-me.theft.js';
import { isWished, WISH } from './remember-me.wish.js';

/**
 * Signs a browser in again whose owner wished it (`rememberMe` with any sign-in), when its session is gone: by a cookie that changes
 * as it is used, and ends when a copy of it is used. Such a sign-in is worth one factor, and is never fresh.
 *
 * @throws {RangeError} when a value is out of range.
 */
export function rememberMe<U extends object>(options: RememberMeOptions<U> = {}): AddOn<U> & Performs<never> {
  const resolved = resolveRememberMeOptions(options);
  const browsers = new RememberedBrowsers<U>(resolved);
  return {
    name: NAME,
    phases: [],
    carries: [WISH],
    models: [seriesModel],
    senders: resolved.sender === undefined ? {} : { [THEFT]: resolved.sender },
    check: (resource) => findProblems(NAME, resolved, resource),
    forget: async (subject, tx) => void (await tx.delete(seriesModel, { subject, kind: NAME })),
    beforeActivity: async ({ carried }) => void isWished(carried),
    loadUser: (ctx) => browsers.find(ctx),
    forgetBrowser: (ctx) => browsers.leave(ctx),
    signedIn: (ctx, signIn, tx) => browsers.signedIn(ctx, signIn, tx),
    signedOut: (ctx, ended, tx) => browsers.signedOut(ctx, ended, tx),
  };
}
