import type { Problem } from '../../errors/index.js';

/** The library that speaks the protocol. */
export type OAuth = typeof import('oauth4webapi');

/** At first use, or at boot: an app without such providers needs no such package. */
export function loadOAuth(): Promise<OAuth> {
  return import('oauth4webapi');
}

/** The library's option for plain http. It calls it deprecated so that nobody overlooks where it is used: here, for loopback alone. */
export function httpSymbol(oauth: OAuth): symbol {
  return Reflect.get(oauth, 'allowInsecureRequests') as symbol; // documented as a unique symbol
}

/** @param load As {@link loadOAuth} does it. */
export async function libraryProblems(
  where: string,
  load: () => Promise<unknown> = loadOAuth,
): Promise<readonly Problem[]> {
  try {
    await load();
    return [];
  } catch {
    return [{ where, wrong: 'the package "oauth4webapi" cannot be loaded', cure: 'npm install oauth4webapi' }];
  }
}
