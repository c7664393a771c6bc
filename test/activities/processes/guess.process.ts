import { sqlDataLayer } from '../../../lib/adapters/sql/index.js';
import { answer } from '../../adapters/two-processes.js';
import { bareCore } from './bare-core.js';

/** What the test of two processes asks for: that many tries at the same time. */
export interface GuessTask {
  readonly url: string;
  readonly phase: 'sign-in' | 'reset-request';
  readonly times: number;
  /** One for all tries; null for another one each time. */
  readonly email: string | null;
  readonly address: string;
}

/** What became of them. */
export interface Guessed {
  /** How many reached the hash. */
  readonly verified: number;
  readonly sent: number;
  readonly codes: readonly (string | null)[];
}

answer(async (input): Promise<Guessed> => {
  const { url, phase, times, email, address } = input as GuessTask; // as the test sends it
  const core = await bareCore(sqlDataLayer({ url, migrate: true }));
  try {
    const tries = Array.from({ length: times }, (_, index) => {
      const identity = { email: email ?? `person${process.pid}-${index}@example.com` };
      return core.perform(phase, phase === 'sign-in' ? { ...identity, password: 'a wrong guess' } : identity, address);
    });
    const codes = await Promise.all(tries);
    await core.idle();
    return { verified: core.hash.verified, sent: core.outbox.messages.length, codes };
  } finally {
    await core.close();
  }
});
