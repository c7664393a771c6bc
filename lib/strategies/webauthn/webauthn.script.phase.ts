import { digest } from '../../crypto/index.js';
import { AuthReply, definePhase, type Phase, type Routes, type StrategyContext } from '../../strategy/index.js';
import { SCRIPT } from './webauthn.script.js';

/** In seconds: short, for the text tells where the phases are, and after it the browser asks whether it is still the same. */
const KEPT_SECONDS = 300;

/**
 * GET: the script that makes the forms of a page work, a module of its own. It needs no bundler and no inline script, so that a policy of
 * `script-src 'self'; connect-src 'self'` is enough.
 *
 * @param phases whose paths it is told
 */
export function scriptPhase<U>(phases: readonly Phase<U>[], routes: Routes): Phase<U> {
  const posted = phases.filter(({ name, methods }) => methods.includes('POST') && routes[name]?.enabled !== false);
  const names = posted.map(({ name }) => name);
  return definePhase<U, Record<never, never>>({
    name: 'script',
    path: 'passkeys.js',
    methods: ['GET'],
    fields: {},
    actor: 'anyone',
    run: (ctx) => Promise.resolve({ kind: 'reply', reply: replyTo(ctx, textFor(ctx, names)) }),
  });
}

function textFor<U>({ links }: StrategyContext<U>, names: readonly string[]): string {
  const paths = Object.fromEntries(names.map((name) => [name, links.to(name, {}).pathname]));
  return `${SCRIPT}enhanceForms(new Passkeys(${JSON.stringify(paths)}));\n`;
}

/** RFC 9110 §13.1.2: whoever has it gets no second one. */
function replyTo<U>({ headers }: StrategyContext<U>, text: string): AuthReply {
  const etag = `"${digest(text)}"`;
  const told = { etag, 'cache-control': `private, max-age=${KEPT_SECONDS}` };
  const known = headers.get('if-none-match').flatMap((value) => value.split(/ *, */));
  if (known.includes(etag)) return AuthReply.empty(304, told);
  return AuthReply.text(text, 200, { ...told, 'content-type': 'text/javascript; charset=utf-8' });
}
