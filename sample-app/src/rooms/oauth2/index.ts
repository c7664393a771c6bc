import { oauth2 } from 'nest-auth-plug/strategies/oauth2';
import type { SampleRoom } from '../room.js';
import { LinkedController } from './linked.controller.js';
import { LOCAL_ID, LocalIdServer, localIdIssuer } from './local-id.server.js';
import { ACCOUNTS, providerForms } from './provider-room.js';
import { SAID } from './said.js';

const PROVIDER = { name: 'local-id', label: 'Local ID' } as const;

/** "Sign in with Local ID": a provider that this app starts itself, in development, so that it works without an account anywhere. */
export const oauth2Room: SampleRoom = {
  strategy: (settings) => {
    if (settings.isProduction) return undefined;
    const issuer = localIdIssuer(settings);
    return oauth2({
      ...PROVIDER,
      ...LOCAL_ID,
      ...ACCOUNTS,
      issuer,
      requireIssuer: true,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      userInfo: `${issuer}/me`,
      scope: 'openid email profile', // `openid` opens this provider's user-info
      calls: { allowHttpOnLoopback: true },
    });
  },
  provider: PROVIDER,
  forms: providerForms(PROVIDER.name),
  controllers: [LinkedController],
  providers: [LocalIdServer],
  homeLinks: [{ href: '/linked', text: 'Your linked accounts' }],
  said: SAID,
};
