import { expect } from '@jest/globals';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { beforeAnswer, type Work } from '../../lib/testing/contracts/recorded-work.js';

export { noteAnswers, recording, type Work } from '../../lib/testing/contracts/recorded-work.js';

/** How many requests of each kind are compared, taking turns; sequences do not scatter as times do. */
const ROUNDS = 20;

/** What each of these costs until it is answered: a set per name, over many requests that take turns. */
export async function compareWork(
  app: AuthTestApp,
  work: Work,
  kinds: Readonly<Record<string, (round: number) => Promise<unknown>>>,
  rounds = ROUNDS,
): Promise<readonly (readonly string[])[]> {
  const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, new Set<string>()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, request] of Object.entries(kinds)) {
      work.length = 0;
      await request(round);
      seen[name]?.add(beforeAnswer(work).join('\n'));
      await app.idle();
    }
  }
  return Object.values(seen).map((ways) => [...ways]);
}

/** One sequence, the same for all, which is not nothing. */
export function expectAlike(ways: readonly (readonly string[])[], hashes: number): void {
  expect(ways[0]).toHaveLength(1);
  for (const one of ways) expect(one).toEqual(ways[0]);
  expect(ways[0]?.[0]?.match(/^(hash|verify)/gm) ?? []).toHaveLength(hashes);
}
