import type { Problem } from '../../errors/index.js';

type Library = typeof import('@simplewebauthn/server');
type Helpers = typeof import('@simplewebauthn/server/helpers');

/** At first use, or at boot: an app without passkeys needs no such package. */
export function library(): Promise<Library> {
  return import('@simplewebauthn/server');
}

/** Its CBOR. */
export function helpers(): Promise<Helpers> {
  return import('@simplewebauthn/server/helpers');
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
    const wrong = 'the package "@simplewebauthn/server" cannot be loaded';
    return [{ where, wrong, cure: 'npm install @simplewebauthn/server' }];
  }
}
