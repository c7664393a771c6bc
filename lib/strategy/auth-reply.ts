import type { SafeHtml } from './safe-html.js';

type Headers = Readonly<Record<string, string>>;

/**
 * An answer with its status and headers, for callbacks that want more than a body. Cookies are set on the context, nowhere
 * else.
 */
export type AuthReply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers: Headers }
  | { readonly kind: 'text'; readonly status: number; readonly text: string; readonly headers: Headers }
  | { readonly kind: 'html'; readonly status: number; readonly html: SafeHtml; readonly headers: Headers }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'empty'; readonly status: number; readonly headers: Headers }
  | { readonly kind: 'answered' };

const replies = new WeakSet<AuthReply>();

function reply(value: AuthReply): AuthReply {
  replies.add(value);
  return Object.freeze(value);
}

export const AuthReply = {
  json(body: unknown, status = 200, headers: Headers = {}): AuthReply {
    return reply({ kind: 'json', status, body, headers });
  },
  text(text: string, status = 200, headers: Headers = {}): AuthReply {
    return reply({ kind: 'text', status, text, headers });
  },
  html(html: SafeHtml, status = 200, headers: Headers = {}): AuthReply {
    return reply({ kind: 'html', status, html, headers });
  },
  /** 303 See Other (RFC 9110 §15.4.4), whatever the method was. */
  redirect(to: string): AuthReply {
    return reply({ kind: 'redirect', to });
  },
  empty(status = 204, headers: Headers = {}): AuthReply {
    return reply({ kind: 'empty', status, headers });
  },
  /** The app has answered on the native response itself. */
  answered(): AuthReply {
    return reply({ kind: 'answered' });
  },
  /** True for what the functions above made; a body that merely looks like one is a body. */
  is(value: unknown): value is AuthReply {
    return typeof value === 'object' && value !== null && replies.has(value as AuthReply);
  },
} as const;
