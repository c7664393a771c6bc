import { BROWSER_MAP, OS_MAP, parse } from 'bowser';

const MAX_LOOKED_AT = 256;
/** What the client calls itself may be any text; these are words of ours. */
const KNOWN: ReadonlySet<string | undefined> = new Set([...Object.values(BROWSER_MAP), ...Object.values(OS_MAP)]);

/**
 * What a person would call a device: `Firefox on Linux`, `Safari on iOS`. Told by the client itself, so a help to recognise and
 * nothing more.
 *
 * @param userAgent the `User-Agent` header (RFC 9110 §10.1.5); at most its first 256 characters are looked at
 * @returns null where it names no known browser and no known system, as programs do
 */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = parse(userAgent.slice(0, MAX_LOOKED_AT));
  const names = [browser.name, os.name].filter((name) => KNOWN.has(name));
  return names.length === 0 ? null : names.join(' on ');
}
