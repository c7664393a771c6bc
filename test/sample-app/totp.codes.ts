import type { FakeClock } from 'nest-auth-plug/testing';
import { TOTP, URI } from 'otpauth';

/** The app on somebody's telephone. @param setup what `setup` answered @returns what it shows at the time of the clock */
export function codesOf(setup: unknown, clock: FakeClock): () => string {
  const { url } = setup as { readonly url: string }; // as docs/strategies/totp.md says
  return codesOfUrl(url, clock);
}

export function codesOfUrl(url: string, clock: FakeClock): () => string {
  const parsed = URI.parse(url);
  if (!(parsed instanceof TOTP)) throw new Error(`${url} is not of codes that change with time`);
  return () => parsed.generate({ timestamp: clock.now().getTime() });
}
