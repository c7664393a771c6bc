import { AuthReply, type AuthContext } from 'nest-auth-plug';
import { field, form, type Html } from 'nest-auth-plug/pages';
import { password } from 'nest-auth-plug/strategies/password';
import { Outbox } from '../../dev/outbox.js';
import { emailField } from '../../pages/fields.js';
import type { Query } from '../../pages/problems.js';
import { verifyForm } from '../../pages/verify-form.js';
import type { SampleRoom } from '../room.js';
import { ChangePasswordController } from './change-password.controller.js';
import { PasswordController } from './password.controller.js';
import { SAID } from './said.js';

export const passwordRoom: SampleRoom = {
  strategy: ({ registration }) =>
    password({
      identityField: 'email',
      accept: ['name'],
      registration,
      attemptSender: registration === 'confirm-first' ? Outbox : undefined,
      resettable: { sender: Outbox, page: '/reset' },
    }),
  forms: {
    'password register': { page: '/register', next: afterRegistering },
    'password sign-in': { page: '/sign-in', next: '/' },
    'password reset-request': { page: '/forgot', next: '/forgot?notice=reset-requested' },
    'password reset': { page: '/reset', next: '/sign-in?notice=password-reset' },
    'password verify': { page: '/verify?by=password', next: '/' },
    'password change': { page: '/change-password', next: '/?notice=password-changed' },
  },
  verifies: verifyForm('password', {
    name: 'password',
    label: 'Your password',
    type: 'password',
    autocomplete: 'current-password',
  }),
  controllers: [PasswordController, ChangePasswordController],
  signInForm,
  signInLinks: [
    { href: '/register', text: 'Register' },
    { href: '/forgot', text: 'Forgot your password?' },
  ],
  homeLinks: [{ href: '/change-password', text: 'Change your password' }],
  said: SAID,
};

/** Confirmed first, nobody is signed in. */
function afterRegistering({ signIn, returnTo }: AuthContext): AuthReply {
  return AuthReply.redirect(signIn === null ? '/sign-in?notice=registered' : (returnTo ?? '/'));
}

function signInForm(query: Query, more: readonly Html[]): Html {
  const typed = field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' });
  return form({
    action: '/auth/user/password/sign-in',
    body: [emailField(query), typed, ...more],
    submit: 'Sign in',
  });
}
