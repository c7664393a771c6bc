import { magicLink } from 'nest-auth-plug/strategies/magic-link';
import { Outbox } from '../../dev/outbox.js';
import type { SampleRoom } from '../room.js';
import { MagicLinkController } from './magic-link.controller.js';

/** The mailed link leads to the page of the strategy itself; whoever has no account yet gets one by it. */
export const magicLinkRoom: SampleRoom = {
  strategy: () => magicLink({ sender: Outbox, registration: 'open' }),
  needsConfirmedAddresses: true,
  forms: {
    'magic-link request': { page: '/by-link', next: '/by-link?notice=link-sent' },
    'magic-link page': { page: '/by-link', next: '/' },
    'magic-link sign-in': { page: '/by-link', next: '/' },
  },
  controllers: [MagicLinkController],
  signInLinks: [{ href: '/by-link', text: 'Sign in by a link' }],
};
