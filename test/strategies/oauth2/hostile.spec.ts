import { oauth2 } from 'nest-auth-plug/strategies/oauth2';
import { describeHostile } from '../../oauth-kit/hostile.js';
import type { Addressee } from '../../rooms/mailed-app.js';
import { atProvider } from './setup.js';

describeHostile({
  name: 'OAuth 2.0 with user-info',
  strategyAt: (provider, more) => oauth2<Addressee>({ ...atProvider(provider), requireIssuer: true, ...more }),
  endpoints: ['token', 'userinfo'],
  claims: 'userInfo',
  lies: [
    ['[RFC 9207 §2.4] [ASVS 10.2.2] an answer of another issuer', { callback: { iss: 'https://evil.example' } }],
    ['[RFC 9207 §2.4] no issuer, though it promised one', { callback: { iss: undefined } }],
    ['[RFC 9700 §4.10] a refusal that is markup', { callback: { error: '<script>', code: undefined } }],
    ['a token of an unknown type', { tokens: { token_type: 'mac' } }],
    ['a user without a name', { userInfo: { sub: undefined } }],
    ['a user whose name is a list', { userInfo: { sub: ['ada-1815'] } }],
  ],
});
