import { oauth2 } from 'nest-auth-plug/strategies/oauth2';
import { Outbox } from '../../dev/outbox.js';
import type { SampleRoom } from '../room.js';
import { LinkedController } from './linked.controller.js';
import { LOCAL_ID, LocalIdServer, localIdIssuer } from './local-id.server.js';
import { SAID } from './said.js';

/** "Sign in with Local ID": a provider that this app starts itself, in development, so that it works without an account anywhere. */
export const oauth2Room: SampleRoom = {
  strategy: (settings) => {
    if (settings.isProduction) return undefined;
    const issuer = localIdIssuer(settings);
    return oauth2({
      name: 'local-id',
      label: 'Local ID',
      ...LOCAL_ID,
      issuer,
      requireIssuer: true,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      userInfo: `${issuer}/me`,
      scope: 'openid email profile', // `openid` opens this provider's user-info
      profile: { name: 'name' },
      registration: 'open',
      sender: Outbox,
      calls: { allowHttpOnLoopback: true },
    });
  },
  forms: {
    'local-id request': { page: '/sign-in', next: '/' },
    'local-id callback': { page: '/sign-in', next: '/' },
    'local-id link': { page: '/linked', next: '/linked' },
    'local-id unlink': { page: '/linked', next: '/linked?notice=unlinked' },
  },
  controllers: [LinkedController],
  providers: [LocalIdServer],
  signInLinks: [{ href: '/auth/user/local-id', text: 'Sign in with Local ID' }],
  homeLinks: [{ href: '/linked', text: 'Your linked accounts' }],
  said: SAID,
};
