import { randomToken } from '../crypto/index.js';
import type { Problem } from '../errors/index.js';
import type { Log } from '../activities/index.js';
import { checkSecrets, readSecrets, Secret } from '../secrets/index.js';
import type { Clock } from '../time/index.js';
import { KeyRefresher, KeyRing, readSigningKeys, type RefreshedKeys } from '../tokens/index.js';
import type { ResolvedOptions } from './resolve-options.js';

/** The keys of an app at its start, and how they are kept fresh. */
export interface BootKeys {
  readonly ring: KeyRing;
  readonly refresher: KeyRefresher;
  readonly problems: readonly Problem[];
}

/** Secrets that came from the app's own source, and not from a test that put others in their place. */
const fromSource = new WeakSet<readonly Secret[]>();

/** @throws what the source throws */
export async function readBootSecrets({ secrets }: ResolvedOptions): Promise<readonly Secret[]> {
  const read = await readSecrets(secrets);
  fromSource.add(read);
  return read;
}

/** @throws what the source of the signing keys throws */
export async function makeBootKeys(
  options: ResolvedOptions,
  secrets: readonly Secret[],
  clock: Clock,
  log: Log,
): Promise<BootKeys> {
  const { keys, problems: keyProblems } = await readSigningKeys(options.signing);
  const problems = [...checkSecrets(secrets, 'secrets'), ...keyProblems];
  // Where keys cannot be used the boot stops in a moment; until then nothing is signed with a guessable one.
  const ring = problems.length > 0 ? new KeyRing([new Secret(randomToken())]) : new KeyRing(secrets, keys);
  const sources = sourcesOf(options, ring, fromSource.has(secrets));
  const refresher = new KeyRefresher({ sources, clock, intervalSeconds: options.keyRefreshSeconds, log });
  return { ring, refresher, problems };
}

/** What is a function can be asked again. */
function sourcesOf(
  { secrets, signing }: ResolvedOptions,
  ring: KeyRing,
  areOwnSecrets: boolean,
): readonly RefreshedKeys[] {
  const sources: RefreshedKeys[] = [];
  if (typeof secrets === 'function' && areOwnSecrets) {
    sources.push({
      where: 'secrets',
      async read() {
        const read = await readSecrets(secrets);
        return { problems: checkSecrets(read, 'secrets'), take: () => ring.replaceSecrets(read) };
      },
    });
  }
  if (typeof signing.keys === 'function') {
    sources.push({
      where: 'signing.keys',
      async read() {
        const { keys, problems } = await readSigningKeys(signing);
        return { problems, take: () => ring.replaceSigningKeys(keys) };
      },
    });
  }
  return sources;
}
