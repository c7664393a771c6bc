import { webauthn } from 'nest-auth-plug/strategies/webauthn';
import { Outbox } from '../../dev/outbox.js';
import type { SampleRoom } from '../room.js';
import { passkeyForm, passkeyStep, SCRIPT } from './passkey-form.js';
import { PasskeysController } from './passkeys.controller.js';
import { SAID } from './said.js';

/**
 * Passkeys need a script, so their forms are hidden without one; what needs none, such as removing, works by plain forms. They sign in, are
 * asked for after a password, and step up.
 */
export const webauthnRoom: SampleRoom = {
  strategy: () => webauthn({ rpName: 'Sample app', sender: Outbox }),
  forms: {
    'webauthn rename': { page: '/passkeys', next: '/passkeys?notice=passkey-renamed' },
    'webauthn remove': { page: '/passkeys', next: '/passkeys?notice=passkey-removed' },
  },
  controllers: [PasskeysController],
  signInForm: ({ returnTo }, more) =>
    passkeyForm({ kind: 'sign-in', next: returnTo, body: more, submit: 'Use a passkey' }),
  secondStep: {
    strategy: 'webauthn',
    form: ({ returnTo }, more) =>
      passkeyStep({ kind: 'second-factor', next: returnTo, body: more, submit: 'Sign in with your passkey' }),
  },
  verifies: {
    strategy: 'webauthn',
    form: ({ returnTo }, more) =>
      passkeyStep({ kind: 'verify', next: returnTo, body: more, submit: 'Show your passkey' }),
  },
  scripts: [SCRIPT],
  homeLinks: [{ href: '/passkeys', text: 'Your passkeys' }],
  said: SAID,
};
