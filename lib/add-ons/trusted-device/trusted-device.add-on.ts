import { seriesModel } from '../../series/index.js';
import type { AddOn } from '../../strategy/index.js';
import { TrustedBrowsers } from './trusted-device.actions.js';
import { NAME, seriesOf } from './trusted-device.cookie.js';
import type { ResolvedTrustedDeviceOptions } from './trusted-device.options.js';
import { listPhase, revokePhase } from './trusted-device.phases.js';
import { isWished, WISH } from './trusted-device.wish.js';

export function addOnOf<U extends object>(options: ResolvedTrustedDeviceOptions): AddOn<U> {
  const browsers = new TrustedBrowsers<U>(options);
  return {
    name: NAME,
    phases: [listPhase(browsers), revokePhase(browsers)],
    routes: options.routes,
    carries: [WISH],
    models: [seriesModel],
    forget: async (subject, tx) => void (await tx.delete(seriesModel, { subject, kind: NAME })),
    beforeActivity: async ({ carried }) => void isWished(carried),
    trustsBrowser: (ctx, subject, subjectEpoch) => browsers.trustedSince(ctx, subject, subjectEpoch),
    signedIn: (ctx, signIn, tx) => browsers.signedIn(ctx, signIn, tx),
    // Signing out of a browser leaves it trusted: that is what it is for. With all others it goes.
    signedOut: async (ctx, { subject, which }, tx) => {
      if (which !== 'this') await seriesOf(ctx).end({ subject }, tx);
    },
  };
}
