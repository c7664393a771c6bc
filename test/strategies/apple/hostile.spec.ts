import { generateKeyPairSync } from 'node:crypto';
import { apple } from 'nest-auth-plug/strategies/apple';
import type { FakeProvider } from 'nest-auth-plug/testing';
import { describeBoundCodes, describeHostile } from '../../oauth-kit/hostile.js';
import { TOKEN_LIES } from '../../oauth-kit/lies.js';
import type { Addressee } from '../../rooms/mailed-app.js';
import { COMMON } from '../../rooms/preset-app.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const { clientSecret: _, ...common } = COMMON;

/** By a form that the provider sends, without user-info and without `iss`. */
const nature = {
  name: 'Apple',
  strategyAt: ({ issuer }: FakeProvider, more: object) =>
    apple<Addressee>({ ...common, ...more, issuer, teamId: 'TEAM012345', keyId: 'KEY0123456', key }),
  provider: { takesClientSecret: (secret: string) => secret.split('.').length === 3 },
  honest: {
    metadata: { userinfo_endpoint: undefined, authorization_response_iss_parameter_supported: undefined },
    callback: { iss: undefined },
  },
  endpoints: ['discovery', 'jwks', 'token'],
  claims: 'idTokenClaims',
  // It has no user-info, and promises no `iss`.
  lies: TOKEN_LIES.filter(([said]) => !/user-info|no issuer, though/.test(said)),
} as const;

describeHostile(nature);
describeBoundCodes(nature);
