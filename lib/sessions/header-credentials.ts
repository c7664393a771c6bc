import type { Presented, SignIn } from '../strategy/index.js';
import { NO_CREDENTIAL, refused, type Loaded } from './loaded.js';
import type { Operation } from './operation.js';
import { subjectOfUser, type SessionParts } from './session-parts.js';

/** Credentials that come with each request: a strategy reads them, the core decides what they are worth. */
export class HeaderCredentials<U extends object> {
  constructor(private readonly parts: SessionParts<U>) {}

  /** @throws {AuthError} when the strategy's own credential is there and bad */
  async load(operation: Operation, strategy: string): Promise<Loaded<U>> {
    const presented = await this.parts.hooks.readCredential(operation, strategy);
    if (presented === 'absent') return NO_CREDENTIAL;
    const { hooks, subjects, resource } = this.parts;
    const subject = subjectOfUser(resource, presented.user);
    // Disabling ends sign-ins; there is none here, so the subject has to be asked.
    if (await subjects.isDisabled(subject, this.parts.data(operation))) return refused('invalid_token', 'disabled');
    if (!(await hooks.maySignIn(presented.user))) return refused('invalid_token', 'may_not_sign_in');
    return { signIn: this.#standIn(operation, strategy, presented), refused: null, reason: 'ok' };
  }

  /** For this operation only: without a row, never fresh, never a second factor. */
  #standIn(operation: Operation, strategy: string, presented: Exclude<Presented<U>, 'absent'>): SignIn<U> {
    const { user, credentialId: id, scopes } = presented;
    const { tenant } = this.parts.tenants.of(operation);
    const times = { authenticatedAt: new Date(0), secondFactorAt: null, expiresAt: this.parts.clock.now() };
    const facts = { id, subject: subjectOfUser(this.parts.resource, user), user, tenant, methods: [], ...times };
    return {
      ...facts,
      remembered: false,
      actor: null,
      token: null,
      claims: {},
      issued: {},
      credential: { strategy, id, scopes },
    };
  }
}
