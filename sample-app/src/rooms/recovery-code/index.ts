import { AuthReply } from 'nest-auth-plug';
import { field, form, pageHeaders, type Html } from 'nest-auth-plug/pages';
import { recoveryCode } from 'nest-auth-plug/strategies/recovery-code';
import { Outbox } from '../../dev/outbox.js';
import type { Query } from '../../pages/problems.js';
import { verifyForm } from '../../pages/verify-form.js';
import type { SampleRoom } from '../room.js';
import { RecoveryCodesController, shownOnce } from './recovery-codes.controller.js';
import { SAID } from './said.js';

export const recoveryCodeRoom: SampleRoom = {
  strategy: () => recoveryCode({ notices: { sender: Outbox } }),
  forms: {
    'recovery-code generate': {
      page: '/recovery-codes',
      // As docs/strategies/recovery-code.md says.
      next: ({ result }) => AuthReply.html(shownOnce(result?.['codes'] as readonly string[]), 200, pageHeaders()),
    },
    'recovery-code sign-in': { page: '/second-step', next: '/recovery-codes?notice=recovery-code-used' },
    'recovery-code verify': { page: '/verify?by=recovery-code', next: '/recovery-codes?notice=recovery-code-used' },
  },
  controllers: [RecoveryCodesController],
  verifies: verifyForm('recovery-code', { name: 'code', label: 'Recovery code', autocomplete: 'off' }),
  secondStep: { strategy: 'recovery-code', form: secondStepForm },
  homeLinks: [{ href: '/recovery-codes', text: 'Recovery codes' }],
  said: SAID,
};

function secondStepForm(_query: Query, more: readonly Html[]): Html {
  const code = field({ name: 'code', label: 'Recovery code', autocomplete: 'off' });
  return form({
    action: '/auth/user/recovery-code/sign-in',
    body: [code, ...more],
    submit: 'Sign in with a recovery code',
  });
}
