import { hidden, type Html } from 'nest-auth-plug/pages';
import { ROOMS } from '../auth/rooms.js';
import { SignInFields } from '../rooms/room.js';
import type { Query } from './problems.js';

/** The way back, and what rooms add. */
export class SampleSignInFields extends SignInFields {
  override of(query: Query): readonly Html[] {
    const { returnTo } = query;
    // The plug takes it only if it is a path of this app.
    const back = typeof returnTo === 'string' ? [hidden('returnTo', returnTo)] : [];
    return [...ROOMS.flatMap(({ signInFields }) => signInFields?.(query) ?? []), ...back];
  }
}
