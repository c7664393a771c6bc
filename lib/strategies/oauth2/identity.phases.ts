import { SignInRequired } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import {
  definePhase,
  PROVIDER_TOKEN,
  secret,
  text,
  type Field,
  type Phase,
  type StrategyContext,
} from '../../strategy/index.js';
import type { ResolvedCommonOptions } from './common.options.js';
import type { LinkMails } from './link-mails.js';
import type { Linking } from './linking.js';
import { linkPage } from './oauth2.page.js';
import type { ProviderTokens } from './provider-tokens.js';

type TokenFields = { readonly token: Field<string> };

/** Ours are shorter; a longer one is none. */
const MAX_TOKEN_BYTES = 4096;

/** GET. The identities of whoever is signed in, oldest first. Nothing of the provider's tokens is among it. */
export function listPhase<U>({ label }: ResolvedCommonOptions, linking: Linking<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    async run(ctx) {
      const linked = await linking.identities.of(ctx, subjectIn(ctx));
      const identities = linked.map(({ id, accountName, createdAt, lastUsedAt }) => ({
        id,
        provider: label,
        accountName,
        linkedAt: createdAt,
        lastUsedAt,
      }));
      return { kind: 'done', result: { identities } };
    },
  });
}

/** POST. For somebody who has just signed in. The last way in stays. */
export function unlinkPhase<U>(linking: Linking<U>): Phase<U> {
  return definePhase<U, { id: Field<string> }>({
    name: 'unlink',
    methods: ['POST'],
    fields: { id: text() },
    actor: 'fresh-user',
    run: async (ctx, { id }) => ({
      kind: 'renewed',
      async effect(tx) {
        await linking.unlink(ctx, id, tx);
        return {};
      },
    }),
  });
}

/** GET: where a mailed link leads. Links nothing, and consumes nothing. */
export function linkPagePhase<U>({ label }: ResolvedCommonOptions, mails: LinkMails<U>): Phase<U> {
  return definePhase<U, TokenFields>({
    name: 'link-page',
    path: 'confirm-link',
    methods: ['GET'],
    fields: { token: secret({ maxBytes: MAX_TOKEN_BYTES }) },
    actor: 'anyone',
    async run(ctx, { token }) {
      const waiting = await mails.read(ctx, token);
      return { kind: 'reply', reply: linkPage(ctx.links.to('confirm-link', {}), token, label, waiting) };
    },
  });
}

/** POST, in whatever browser. Signs nobody in. */
export function confirmLinkPhase<U>(mails: LinkMails<U>): Phase<U> {
  return definePhase<U, TokenFields>({
    name: 'confirm-link',
    methods: ['POST'],
    fields: { token: secret({ maxBytes: MAX_TOKEN_BYTES }) },
    actor: 'anyone',
    guess: 'secret',
    async run(ctx, { token }) {
      await mails.confirm(ctx, token);
      return { kind: 'done' };
    },
  });
}

/** For code alone, by `AuthService.providerToken`: never a route. */
export function tokenPhase<U>(tokens: ProviderTokens<U>): Phase<U> {
  return definePhase<U, { subject: Field<string> }>({
    name: PROVIDER_TOKEN,
    methods: ['POST'],
    fields: { subject: text({ maxBytes: 1024 }) },
    actor: 'anyone',
    async run(ctx, { subject }) {
      return { kind: 'done', result: { ...(await tokens.get(ctx, subject as Subject)) } }; // looked up by it, and never parsed
    },
  });
}

function subjectIn<U>({ signIn }: StrategyContext<U>): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}
