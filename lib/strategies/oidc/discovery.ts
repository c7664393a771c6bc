import type { AuthorizationServer } from 'oauth4webapi';
import type { JsonObject } from '../../strategy/index.js';
import { HOUR, MINUTE, type Clock } from '../../time/index.js';
import { isConfidential, ProviderFailed, type ProviderCalls } from '../oauth2/index.js';
import { Fetched } from './fetched.js';
import { KeySet, type PublishedKeys } from './key-set.js';

const WELL_KNOWN = '/.well-known/openid-configuration';

/** What a provider says about itself: its metadata (OpenID Connect Discovery §4) and its keys (RFC 7517 §5), both kept for a while. */
export class Discovery {
  readonly #metadata = new Fetched<AuthorizationServer>(HOUR);
  readonly #keys = new Fetched<PublishedKeys>(10 * MINUTE);

  constructor(private readonly about: DiscoveryOptions) {}

  /** @throws {ProviderFailed} also for metadata of another issuer, and for places that are not https */
  metadata(calls: ProviderCalls, clock: Clock): Promise<AuthorizationServer> {
    return this.#metadata.get(clock, async () => {
      const found = await readJson(calls, new URL(pathBelow(this.about.discoverAt), this.about.discoverAt));
      return this.#checked(found);
    });
  }

  /** The keys of the issuer, where its own metadata says that they are. */
  keySet(calls: ProviderCalls, clock: Clock, metadata: AuthorizationServer): KeySet {
    const fetch = async (): Promise<PublishedKeys> =>
      readKeys(await readJson(calls, new URL(String(metadata.jwks_uri))));
    return new KeySet({
      present: () => this.#keys.get(clock, fetch),
      newer: () => this.#keys.newer(clock, fetch),
    });
  }

  #checked(found: JsonObject): AuthorizationServer {
    const { issuer, algorithms, allowHttpOnLoopback } = this.about;
    if (found['issuer'] !== issuer) throw new ProviderFailed('metadata_of_another_issuer'); // RFC 8414 §3.3
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
      if (!isPlace(found[name], allowHttpOnLoopback)) throw new ProviderFailed('metadata_without_endpoints');
    }
    return { ...found, issuer, id_token_signing_alg_values_supported: [...algorithms] };
  }
}

export interface DiscoveryOptions {
  /** As it spells itself, to the letter. */
  readonly issuer: string;
  /** The URL below which its metadata stands. */
  readonly discoverAt: string;
  /** The app's choice, not the provider's. */
  readonly algorithms: readonly string[];
  readonly allowHttpOnLoopback: boolean;
}

/** @throws {ProviderFailed} for anything but a JSON object */
async function readJson(calls: ProviderCalls, url: URL): Promise<JsonObject> {
  const response = await calls.send(url.href, { method: 'GET', headers: { accept: 'application/json' } });
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200) throw new ProviderFailed('provider_status');
  if (!/^application\/(jwk-set\+)?json *(;|$)/i.test(type)) throw new ProviderFailed('provider_content_type');
  const found: unknown = await response.json().catch(() => null);
  if (!isObject(found)) throw new ProviderFailed('provider_not_json');
  return found;
}

function readKeys({ keys }: JsonObject): PublishedKeys {
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new ProviderFailed('provider_without_keys');
  return { keys };
}

function pathBelow(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '') + WELL_KNOWN;
}

function isPlace(value: unknown, allowHttpOnLoopback: boolean): boolean {
  return typeof value === 'string' && URL.canParse(value) && isConfidential(new URL(value), allowHttpOnLoopback);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
