import { lookup as lookUp } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback, isPrivateAddress } from '../../network/index.js';
import { after, type Clock } from '../../time/index.js';
import { httpSymbol, type OAuth } from './oauth.library.js';
import { ProviderFailed } from './oauth2.errors.js';

/** Bounds of every call to a provider. */
export interface CallSettings {
  /** For the whole answer, in seconds. At most 30. @default 5 */
  readonly timeoutSeconds?: number | undefined;
  /** Of an answer's body. @default 262144 (256 KiB) */
  readonly maxBytes?: number | undefined;
  /** Plain http to this machine: for a provider that a developer runs. @default false */
  readonly allowHttpOnLoopback?: boolean | undefined;
  /** Hosts that resolve to addresses of this network or machine: for issuers that come from customers. @default false */
  readonly refusePrivateAddresses?: boolean | undefined;
}

/** What was told, made whole. */
export type ResolvedCallSettings = { readonly [K in keyof CallSettings]-?: Exclude<CallSettings[K], undefined> };

/** @throws {RangeError} when a value is out of range. */
export function resolveCallSettings({
  timeoutSeconds = 5,
  maxBytes = 256 * 1024,
  allowHttpOnLoopback = false,
  refusePrivateAddresses = false,
}: CallSettings): ResolvedCallSettings {
  const isInTime = timeoutSeconds > 0 && timeoutSeconds <= 30;
  if (!isInTime) throw new RangeError(`calls.timeoutSeconds must be more than 0 and at most 30, got ${timeoutSeconds}`);
  const isBound = Number.isSafeInteger(maxBytes) && maxBytes > 0;
  if (!isBound) throw new RangeError(`calls.maxBytes must be a whole number from 1, got ${maxBytes}`);
  return Object.freeze({ timeoutSeconds, maxBytes, allowHttpOnLoopback, refusePrivateAddresses });
}

/** One call, as the library asks for it. */
interface Call {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The only way out to a provider: https, in time, bounded, and to nobody that it names in a redirect. */
export class ProviderCalls {
  constructor(
    private readonly settings: ResolvedCallSettings,
    private readonly clock: Clock,
  ) {}

  /** Among the options of each function of the library that sends something. */
  options(oauth: OAuth) {
    return {
      [oauth.customFetch]: (url: string, call: Call) => this.send(url, call),
      [httpSymbol(oauth)]: this.settings.allowHttpOnLoopback, // what else is not https, `send` refuses
    };
  }

  /** @throws {ProviderFailed} */
  async send(address: string, { method, headers, body }: Call): Promise<Response> {
    const url = this.usable(address);
    const content = body instanceof URLSearchParams || typeof body === 'string' ? String(body) : '';
    const controller = new AbortController();
    const stop = after(this.clock, this.settings.timeoutSeconds, () => controller.abort());
    try {
      const options = { method, headers, signal: controller.signal, lookup: this.#lookup() };
      return await this.#read(await answerTo(url, options, content));
    } catch (error) {
      if (error instanceof ProviderFailed) throw error;
      throw new ProviderFailed(controller.signal.aborted ? 'provider_timeout' : 'provider_unreachable');
    } finally {
      stop();
      controller.abort(); // whatever is left of the connection
    }
  }

  /**
   * Where a call, or a browser, may go.
   * @throws {ProviderFailed}
   */
  usable(address: string): URL {
    const url = URL.canParse(address) ? new URL(address) : null;
    const { allowHttpOnLoopback, refusePrivateAddresses } = this.settings;
    if (url === null || !isConfidential(url, allowHttpOnLoopback)) throw new ProviderFailed('provider_not_https');
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const isRefused = refusePrivateAddresses && isIP(host) !== 0 && isPrivateAddress(host);
    if (isRefused) throw new ProviderFailed('provider_private_address');
    return url;
  }

  /** The address that is looked at is the one that is connected to: a second look-up could answer another. */
  #lookup(): LookupFunction | undefined {
    if (!this.settings.refusePrivateAddresses) return undefined;
    return (host, options, done) =>
      lookUp(host, options, (error, address, family) => {
        const found = Array.isArray(address) ? address.map((one) => one.address) : [address];
        const isRefused = error === null && found.some(isPrivateAddress);
        done(isRefused ? new ProviderFailed('provider_private_address') : error, address, family);
      });
  }

  async #read(message: IncomingMessage): Promise<Response> {
    const status = message.statusCode ?? 0;
    if (status >= 300 && status < 400) throw new ProviderFailed('provider_redirect');
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of message) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('A body without an encoding comes as bytes');
      bytes += chunk.length;
      if (bytes > this.settings.maxBytes) throw new ProviderFailed('provider_answer_too_large');
      chunks.push(chunk);
    }
    const headers = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    return new Response(bytes === 0 ? null : Buffer.concat(chunks), { status, headers });
  }
}

/** Nobody on the way reads along: https, or http to this machine where that is allowed. */
export function isConfidential(url: URL, allowHttpOnLoopback: boolean): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && allowHttpOnLoopback && isLoopback(url));
}

interface Sent extends Omit<RequestOptions, 'headers'> {
  readonly headers: Call['headers'];
}

/** Its head; `identity`, for a small body that unpacks into a large one is not bounded by what was sent. */
function answerTo(url: URL, options: Sent, content: string): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const length = content === '' ? {} : { 'content-length': String(Buffer.byteLength(content)) };
  const headers = { 'user-agent': 'nest-auth-plug', ...options.headers, 'accept-encoding': 'identity', ...length };
  return new Promise((resolve, reject) => {
    const request = send(url, { ...options, headers, agent: false });
    request.once('response', resolve);
    request.on('error', reject); // also what comes after the head, when nobody listens any more
    request.end(content);
  });
}
