import {
  definePhase,
  text,
  type Field,
  type JsonObject,
  type Phase,
  type StrategyContext,
} from '../../strategy/index.js';
import type { KeptConnection } from './connection.js';
import type { Connections } from './connections.js';
import { domainOf } from './email-domain.js';

const MAX_EMAIL_BYTES = 254;

/**
 * POST. Where somebody with this address signs in: their organisation's provider, or the app's own page. By the domain alone, so that it tells
 * nothing of accounts; and in the same shape for each.
 */
export function discoverPhase<U>(connections: Connections<U>, otherwise: string): Phase<U> {
  return definePhase<U, { email: Field<string> }>({
    name: 'discover',
    methods: ['POST'],
    fields: { email: text({ maxBytes: MAX_EMAIL_BYTES }) },
    actor: 'anyone',
    async run(ctx, { email }) {
      const found = await connections.named(ctx, { kind: 'domain', name: domainOf(email) });
      const isOpen = found !== null && found.disabledAt === null;
      return { kind: 'done', result: isOpen ? wayTo(ctx, found, email) : wayElse(ctx, otherwise) };
    },
  });
}

function wayTo<U>(ctx: StrategyContext<U>, { slug, displayName, iconUrl }: KeptConnection, email: string): JsonObject {
  const { returnTo, carried } = ctx;
  const query = { ...carried, connection: slug, login_hint: email, ...(returnTo !== null && { returnTo }) };
  return { to: ctx.links.to('request', query).href, connection: slug, displayName, iconUrl };
}

function wayElse<U>(ctx: StrategyContext<U>, otherwise: string): JsonObject {
  return { to: ctx.links.page(otherwise, {}).href, connection: null, displayName: null, iconUrl: null };
}
