import type { Problem } from '../../errors/index.js';
import { MOST_COST } from './bcrypt.options.js';

type Library = typeof import('bcrypt');

/** All that the algorithm reads of a password. */
export const MOST_BYTES = 72;

/** At first use, or at boot: an app without bcrypt hashes needs no such package. */
export function library(): Promise<Library> {
  return import('bcrypt');
}

/** @param load As {@link library} does it. */
export async function libraryProblems(
  where: string,
  load: () => Promise<unknown> = library,
): Promise<readonly Problem[]> {
  try {
    await load();
    return [];
  } catch {
    const wrong = 'the package "bcrypt" cannot be loaded';
    return [{ where, wrong, cure: 'npm install bcrypt' }];
  }
}

/** Whether this process can afford the cost that a hash asks for. @param cost two digits */
export function isAffordable(cost: string | undefined): boolean {
  return Number(cost) >= 4 && Number(cost) <= MOST_COST;
}
