import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { Secret } from '../../secrets/index.js';
import { configured, Injected, injectedBy, type Configured } from '../../strategy/index.js';
import { MINUTE, systemClock } from '../../time/index.js';

/** Apple takes half a year; what is made for one request needs no more than this. */
const LIFETIME_SECONDS = 5 * MINUTE;
const AUDIENCE = 'https://appleid.apple.com';

export interface AppleKey {
  readonly clientId: Configured;
  readonly teamId: string;
  readonly keyId: string;
  readonly key: Configured<string | Secret>;
}

/**
 * A client secret of Apple's kind: a JWT that says which team and app it is of.
 *
 * @see https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 */
export function clientSecretOf({ clientId, teamId, keyId, key }: AppleKey): Injected<string> {
  const kept = typeof key === 'string' ? new Secret(key) : key;
  const refs = Object.values(injectedBy({ clientId, key })).flat();
  return new Injected(refs, async (inject, { tenant }) => {
    const asker = { inject, tenant };
    const pem = await configured(kept, asker);
    const now = Math.floor(systemClock.now().getTime() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setSubject(await configured(clientId, asker))
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(createPrivateKey(pem instanceof Secret ? pem.reveal() : pem));
  });
}
