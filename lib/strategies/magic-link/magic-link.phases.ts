import { AuthReply, definePhase, requestPhase, secret, type Field, type Phase } from '../../strategy/index.js';
import type { MagicLinkActions } from './magic-link.actions.js';
import { linkPage } from './magic-link.page.js';

/** Ours are shorter; a longer one is none. */
const MAX_TOKEN_BYTES = 4096;

/** POST. */
export function linkRequestPhase<U>(actions: MagicLinkActions<U>): Phase<U> {
  return requestPhase('request', actions.options.identityField, (ctx, address) => ({
    later: () => actions.request(ctx, address),
  }));
}

/** GET: where the link leads. Signs nobody in and consumes nothing. */
export function pagePhase<U>(actions: MagicLinkActions<U>): Phase<U> {
  return definePhase<U, { token: Field<string> }>({
    name: 'page',
    path: '',
    methods: ['GET'],
    fields: { token: secret({ maxBytes: MAX_TOKEN_BYTES }) },
    actor: 'anyone',
    async run(ctx, { token }) {
      const address = await actions.addressOf(ctx, token);
      const action = ctx.links.to('sign-in', {}).pathname;
      return { kind: 'reply', reply: AuthReply.html(linkPage({ address, token, action })) };
    },
  });
}

/** POST. In a browser where somebody else is signed in, that sign-in ends: whose link it is, is signed in. */
export function signInPhase<U>(actions: MagicLinkActions<U>): Phase<U> {
  return definePhase<U, { token: Field<string> }>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { token: secret({ maxBytes: MAX_TOKEN_BYTES }) },
    actor: 'anyone',
    guess: 'secret',
    run: async (ctx, { token }) => ({ kind: 'proved', proof: await actions.signIn(ctx, token) }),
  });
}
