import type { AuthTestApp } from 'nest-auth-plug/testing';
import { systemClock } from '../../lib/time/index.js';

/** From now on the app looks at the real time, as a server does that is none of the test kit. */
export function lookAtRealTime({ clock }: Pick<AuthTestApp, 'clock'>): void {
  Object.assign(clock, { now: () => systemClock.now() });
}
