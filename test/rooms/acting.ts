import { AuthenticationFailed, definePhase, type Strategy } from 'nest-auth-plug';

/**
 * Lets whoever asks act for somebody, as an impersonation does: POST /auth/user/acting/begin.
 *
 * @param email for whom
 */
export function acting<U>(email: string): Strategy<U> {
  return {
    name: 'acting',
    phases: [
      definePhase<U, Record<never, never>>({
        name: 'begin',
        methods: ['POST'],
        fields: {},
        actor: 'anyone',
        async run({ accounts }) {
          const found = await accounts.findByIdentity('email', email);
          if (found === null) throw new AuthenticationFailed('unknown_user');
          const { user, subject: actor, subjectEpoch } = found;
          return { kind: 'proved', proof: { user, subjectEpoch, methods: ['sso'], factors: 1, actor } };
        },
      }),
    ],
  };
}
