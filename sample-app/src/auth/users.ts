import { defineResource, type Resource } from 'nest-auth-plug';
import type { Settings } from '../settings.js';
import { ROOMS } from './rooms.js';
import type { User } from './user.js';

/** Who can sign in, and how. */
export function makeUsers(settings: Settings): Resource<User> {
  return defineResource<User>({
    subjectName: 'user',
    table: 'users',
    // The address is said here too: whichever rooms sign in by it, others write to it.
    fields: { email: 'email', name: { kind: 'text', nullable: true } },
    strategies: ROOMS.flatMap(({ strategy }) => strategy?.(settings) ?? []),
    addOns: ROOMS.flatMap(({ addOn }) => addOn?.(settings) ?? []),
  });
}
