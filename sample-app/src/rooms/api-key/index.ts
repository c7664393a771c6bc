import { AuthReply } from 'nest-auth-plug';
import { pageHeaders } from 'nest-auth-plug/pages';
import { apiKey } from 'nest-auth-plug/strategies/api-key';
import type { SampleRoom } from '../room.js';
import { ApiKeysController, shownOnce } from './api-keys.controller.js';
import { MeController } from './me.controller.js';
import { SAID } from './said.js';

export const apiKeyRoom: SampleRoom = {
  strategy: () =>
    apiKey({
      prefix: 'sample',
      scopes: ['profile:read'],
      // The page lists them by code, so `list` needs no route.
      routes: { issue: { enabled: true }, revoke: { enabled: true } },
    }),
  forms: {
    'api-key issue': {
      page: '/api-keys',
      next: ({ result }) => AuthReply.html(shownOnce(String(result?.['key'])), 200, pageHeaders()),
    },
    'api-key revoke': { page: '/api-keys', next: '/api-keys?notice=key-revoked' },
  },
  controllers: [ApiKeysController, MeController],
  homeLinks: [{ href: '/api-keys', text: 'Your API keys' }],
  said: SAID,
};
