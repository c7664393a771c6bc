import { parseSetCookie } from 'cookie';

/** An answer, with its body read. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
  /** `Set-Cookie` headers as they came. */
  readonly setCookies: readonly string[];
}

export interface ClientRequest {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Sent as it is; say what it is with a `content-type` header. */
  readonly raw?: string | Uint8Array | undefined;
}

/**
 * A client with a cookie jar, for tests over real HTTP. It carries `Secure` cookies over http on loopback, as browsers do,
 * follows no redirect, and says nothing about where it comes from unless told to.
 */
export class Client {
  readonly cookies = new Map<string, string>();

  constructor(readonly baseUrl: string) {}

  get(path: string, request: ClientRequest = {}): Promise<ClientAnswer> {
    return this.request('GET', path, request);
  }

  post(path: string, request: ClientRequest = {}): Promise<ClientAnswer> {
    return this.request('POST', path, request);
  }

  async request(
    method: string,
    path: string,
    { headers = {}, json, form, raw }: ClientRequest = {},
  ): Promise<ClientAnswer> {
    const [type, body] = bodyOf(json, form, raw);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...(type && { 'content-type': type }), ...(cookie && { cookie }), ...headers };
    const response = await fetch(new URL(path, this.baseUrl), { method, headers: sent, body, redirect: 'manual' });
    const setCookies = [...response.headers.getSetCookie()];
    for (const header of setCookies) this.#keep(header);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text), setCookies };
  }

  #keep(header: string): void {
    const { name, value, maxAge } = parseSetCookie(header);
    if (maxAge === 0 || value === undefined) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function bodyOf(
  json: unknown,
  form: ClientRequest['form'],
  raw: ClientRequest['raw'],
): [type: string | undefined, body: string | Uint8Array<ArrayBuffer> | null] {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  if (form !== undefined) return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
  if (raw === undefined) return [undefined, null];
  return [undefined, typeof raw === 'string' ? raw : new Uint8Array(raw)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
