import { oidc } from 'nest-auth-plug/strategies/oidc';
import { describeBoundCodes, describeHostile } from '../../oauth-kit/hostile.js';
import type { Addressee } from '../../rooms/mailed-app.js';
import { atProvider } from './setup.js';

const nature = {
  name: 'OpenID Connect',
  strategyAt: (provider: Parameters<typeof atProvider>[0], more: object) =>
    oidc<Addressee>({ ...atProvider(provider), ...more }),
  endpoints: ['discovery', 'jwks', 'token', 'userinfo'],
  claims: 'idTokenClaims',
  lies: [], // `lies.spec.ts` has them
} as const;

describeHostile(nature);
describeBoundCodes(nature);
