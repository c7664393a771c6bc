import { AuthError } from '../../errors/index.js';
import { AuthReply, definePhase, secret, type Field, type Phase } from '../../strategy/index.js';
import type { OidcActions } from './oidc.actions.js';

const MOST_TOKEN_BYTES = 8192;
/** OpenID Connect Back-Channel Logout 1.0 §2.8. */
const NOT_STORED = { 'cache-control': 'no-store' };

/** GET: sends the browser to the provider, to be signed out there. Changes nothing here: end the sign-in first. */
export function logOutPhase<U>(actions: Pick<OidcActions<U>, 'logOutUrl' | 'options'>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'log-out',
    methods: ['GET'],
    fields: {},
    actor: 'anyone',
    async run(ctx) {
      const url = (await actions.logOutUrl(ctx)) ?? ctx.links.page(actions.options.afterLogOut, {});
      return { kind: 'reply', reply: AuthReply.redirect(url.href) };
    },
  });
}

/**
 * POST, by the provider's server: without a cookie, and with the answers that its protocol asks for.
 */
export function backChannelLogoutPhase<U>(actions: Pick<OidcActions<U>, 'logOutByProvider'>): Phase<U> {
  return definePhase<U, { logout_token: Field<string> }>({
    name: 'back-channel-logout',
    methods: ['POST'],
    fields: { logout_token: secret({ maxBytes: MOST_TOKEN_BYTES }) },
    actor: 'anyone',
    async run(ctx, { logout_token: token }) {
      try {
        const ended = await actions.logOutByProvider(ctx, token);
        ctx.observe('back-channel-logout', 'ok', { ended });
        return { kind: 'reply', reply: AuthReply.empty(204, NOT_STORED) };
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        ctx.observe('back-channel-logout', 'refused', { reason: error.reason });
        return { kind: 'reply', reply: AuthReply.json({ error: 'invalid_request' }, 400, NOT_STORED) };
      }
    },
  });
}
