import { field, form, type Html } from 'nest-auth-plug/pages';
import { totp } from 'nest-auth-plug/strategies/totp';
import { Outbox } from '../../dev/outbox.js';
import type { Query } from '../../pages/problems.js';
import { verifyForm } from '../../pages/verify-form.js';
import type { SampleRoom } from '../room.js';
import { AuthenticatorController } from './authenticator.controller.js';
import { SAID } from './said.js';

/** The key is shown by the page of the strategy itself; what went wrong with a code, by one of this app. */
export const totpRoom: SampleRoom = {
  strategy: () => totp({ issuer: 'Sample app', notices: { sender: Outbox } }),
  forms: {
    'totp page': { page: '/authenticator', next: '/' },
    'totp setup': { page: '/authenticator', next: '/auth/user/totp' },
    'totp confirm-setup': { page: '/authenticator', next: '/authenticator?notice=authenticator-on' },
    'totp sign-in': { page: '/second-step', next: '/' },
    'totp verify': { page: '/verify?by=totp', next: '/' },
    'totp disable': { page: '/authenticator', next: '/authenticator?notice=authenticator-off' },
  },
  controllers: [AuthenticatorController],
  verifies: verifyForm('totp', {
    name: 'code',
    label: 'Code of your app',
    type: 'code',
    autocomplete: 'one-time-code',
  }),
  secondStep: { strategy: 'totp', form: secondStepForm },
  homeLinks: [{ href: '/authenticator', text: 'Authenticator app' }],
  said: { notices: SAID.notices ?? {} },
};

function secondStepForm(_query: Query, more: readonly Html[]): Html {
  const code = field({ name: 'code', label: 'Code of your app', type: 'code', autocomplete: 'one-time-code' });
  return form({ action: '/auth/user/totp/sign-in', body: [code, ...more], submit: 'Sign in with the app' });
}
