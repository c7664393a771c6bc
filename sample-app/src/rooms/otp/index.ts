import { AuthReply } from 'nest-auth-plug';
import { otp } from 'nest-auth-plug/strategies/otp';
import { Outbox } from '../../dev/outbox.js';
import type { SampleRoom } from '../room.js';
import { OtpController } from './otp.controller.js';

/** Codes are typed on a page of this app, which can say what was wrong with one. Whoever has no account yet gets one by the first. */
export const otpRoom: SampleRoom = {
  strategy: () => otp({ sender: Outbox, page: '/code', registration: 'open' }),
  needsConfirmedAddresses: true,
  forms: {
    // Where somebody was going, the flow keeps until the code is typed.
    'otp request': { page: '/by-code', next: () => AuthReply.redirect('/code?notice=code-sent') },
    'otp sign-in': { page: '/code', next: '/' },
  },
  controllers: [OtpController],
  signInLinks: [{ href: '/by-code', text: 'Sign in by a code' }],
};
