import { keyedDigest, randomToken } from '../crypto/index.js';
import { InvalidToken } from '../errors/index.js';
import type { DataLayer, Row, Subject, Where } from '../resources/index.js';
import type { TokenAbout, TokenFacts, TokenIssuer } from '../strategy/index.js';
import { DAY, type Clock } from '../time/index.js';
import type { JwsKeys } from './algorithm.js';
import { checkClaims, checkTenant, parseClaims, tenantClaim, toSeconds, type Claims } from './claims.js';
import { signJws, verifyJws } from './jws.js';
import type { KeyRing } from './key-ring.js';
import { tokensModel } from './models.js';
import { findTokenRow, parseTokenRow, subOf, TOKEN_FIELDS, type TokenName, type TokenRow } from './token-rows.js';
import { USER_PURPOSE } from './user-tokens.js';

const TYPE = 'one-time+jwt';
/** Of tokens that are issued at once about one topic, each may come in between. */
const MOST_TRIES = 10;

/** What {@link RoomTokens} are bound to. */
export interface RoomTokensOptions {
  readonly ring: KeyRing;
  /** `iss`: the app. */
  readonly issuer: string;
  /** `aud`: one resource of the app. */
  readonly audience: string;
  /** The room's name, unique within the resource. */
  readonly room: string;
  /** The purposes that the room declares. */
  readonly purposes: readonly string[];
  readonly tenant: string | null;
  /** Bound to the same tenant; `read` uses it, `issue` and `spend` use the transaction they are given. */
  readonly data: DataLayer;
  readonly clock: Clock;
  /** The subject's present epoch; null when there is no such subject. */
  epochOf(subject: Subject, data: DataLayer): Promise<number | null>;
  /**
   * Locks the subject's row to the end of the transaction by an update `where epoch = epoch`; false when nothing matched.
   */
  touchSubject(subject: Subject, epoch: number, tx: DataLayer): Promise<boolean>;
  /** No token of the room may live longer. @default 604800 (7 days) */
  readonly maxLifetimeSeconds?: number | undefined;
}

/**
 * One-time tokens of one room. Each has a purpose `room:purpose` and a key derived for it, so what one purpose opens no
 * other does. The row decides whether it is still good; the JWT only leads to it.
 */
export class RoomTokens implements TokenIssuer {
  readonly #about: RoomTokensOptions;
  readonly #maxLifetimeSeconds: number;

  constructor(options: RoomTokensOptions) {
    this.#about = options;
    this.#maxLifetimeSeconds = options.maxLifetimeSeconds ?? 7 * DAY;
  }

  /**
   * Makes a token. Every older one of the same subject and purpose is void from then on, and of the same topic and purpose; of tokens
   * about neither each stands by itself.
   *
   * @returns The JWT to hand out, and the id of its row.
   * @throws {InvalidToken} reason `credentials_changed` when the subject's epoch is no longer the one given.
   * @throws {RangeError} for a lifetime that no check would accept.
   */
  async issue(
    purpose: string,
    { id = randomToken(), subject, subjectEpoch, topic, lifetimeSeconds, data }: TokenAbout,
    tx: DataLayer,
  ): Promise<{ readonly token: string; readonly id: string }> {
    const name = this.#purpose(purpose);
    if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > this.#maxLifetimeSeconds) {
      throw new RangeError(
        `A token must live between 1 and ${this.#maxLifetimeSeconds} seconds, not ${lifetimeSeconds}`,
      );
    }
    if (subject !== null) await this.#voidOlder(name, subject, subjectEpoch, tx);

    const { issuer, audience, tenant, clock } = this.#about;
    const issuedAt = clock.now();
    const iat = toSeconds(issuedAt);
    const exp = iat + lifetimeSeconds;
    const json = data === undefined ? null : JSON.stringify(data);
    const row = { id, subject, purpose: name, epoch: subjectEpoch, data: json, spentAt: null };
    const times = { issuedAt, expiresAt: new Date(exp * 1000) };
    await this.#insert({ ...row, ...times }, topic === undefined ? null : this.#topicDigest(name, topic), tx);

    const about = { iss: issuer, aud: audience, sub: subOf(subject, audience), purpose: name, ...tenantClaim(tenant) };
    return { id, token: signJws(this.#keys(name).signing, TYPE, { ...about, jti: id, iat, nbf: iat, exp }) };
  }

  /**
   * What a token says, for a page that only shows it. Consumes nothing.
   *
   * @throws {InvalidToken} also with reason `unknown_token`, `spent` or `credentials_changed`.
   */
  async read(purpose: string, token: string): Promise<TokenFacts> {
    const claims = this.#verify(purpose, token);
    const { facts, spent } = await this.#find(claims, this.#about.data);
    if (spent) throw new InvalidToken('spent');
    return this.#current(facts, this.#about.data);
  }

  async find(purpose: string, id: string): Promise<TokenFacts | null> {
    const name = this.#purpose(purpose);
    const { data, clock } = this.#about;
    const found = findTokenRow(await data.findOne(tokensModel, { id }, TOKEN_FIELDS), id, name);
    return found === null || found.spent || found.facts.expiresAt <= clock.now() ? null : found.facts;
  }

  /**
   * Uses a token up: its first statement lets one of any number of callers pass. Where the transaction is rolled back the
   * token is as good as before.
   *
   * @throws {InvalidToken} also with reason `spent` (or void, or unknown) or `credentials_changed`.
   */
  async spend(purpose: string, token: string | TokenFacts, tx: DataLayer): Promise<TokenFacts> {
    const name = typeof token === 'string' ? this.#verify(purpose, token) : this.#nameOf(purpose, token);
    const now = this.#about.clock.now();
    const unspent = { id: name.jti, purpose: name.purpose, spentAt: null, expiresAt: { gt: now } };
    if ((await tx.update(tokensModel, unspent, { topic: null, spentAt: now })) !== 1) throw new InvalidToken('spent');
    const { facts } = await this.#find(name, tx);
    return this.#current(facts, tx);
  }

  /** The lock comes first: of two parallel issues the second waits, and then finds the first one's row to void. */
  async #voidOlder(purpose: string, subject: Subject, epoch: number, tx: DataLayer): Promise<void> {
    if (!(await this.#about.touchSubject(subject, epoch, tx))) throw new InvalidToken('credentials_changed');
    await this.#void({ subject, purpose, spentAt: null }, tx);
  }

  /**
   * There is no subject to lock, so a unique index sees to it that a topic has one row: whoever finds one there, or has waited for
   * it to be committed, voids it and tries again.
   */
  async #insert(row: Row, topic: string | null, tx: DataLayer): Promise<void> {
    for (let left = topic === null ? 0 : MOST_TRIES; left > 0; left -= 1) {
      if (await tx.insertIfAbsent(tokensModel, { ...row, topic })) return;
      await this.#void({ topic }, tx);
    }
    await tx.insert(tokensModel, { ...row, topic });
  }

  async #void(where: Where, tx: DataLayer): Promise<void> {
    await tx.update(tokensModel, where, { topic: null, spentAt: this.#about.clock.now() });
  }

  /** Of one resource and purpose. Keyed, for an address can be guessed. */
  #topicDigest(purpose: string, topic: string): string {
    const { ring, audience } = this.#about;
    return keyedDigest(ring.digestKey('token topics'), JSON.stringify([audience, purpose, topic]));
  }

  /** What leads to the row of a token that nobody holds. */
  #nameOf(purpose: string, { id, subject }: TokenFacts): TokenName {
    const { audience } = this.#about;
    return { jti: id, purpose: this.#purpose(purpose), aud: audience, sub: subOf(subject, audience) };
  }

  #verify(purpose: string, token: string): Claims {
    const name = this.#purpose(purpose);
    const { issuer, audience, tenant, clock } = this.#about;
    const claims = parseClaims(verifyJws(this.#keys(name), TYPE, token));
    checkClaims(claims, { issuer, audience, purpose: name, maxLifetimeSeconds: this.#maxLifetimeSeconds }, clock);
    checkTenant(claims, tenant);
    return claims;
  }

  async #find(name: TokenName, data: DataLayer): Promise<TokenRow> {
    return parseTokenRow(await data.findOne(tokensModel, { id: name.jti }, TOKEN_FIELDS), name);
  }

  async #current(facts: TokenFacts, data: DataLayer): Promise<TokenFacts> {
    const epoch = facts.subject === null ? facts.subjectEpoch : await this.#about.epochOf(facts.subject, data);
    if (epoch !== facts.subjectEpoch) throw new InvalidToken('credentials_changed');
    return facts;
  }

  #keys(purpose: string): JwsKeys {
    return this.#about.ring.keysFor(JSON.stringify(['room-token', this.#about.audience, purpose]));
  }

  #purpose(purpose: string): string {
    const { room, purposes } = this.#about;
    if (purpose === USER_PURPOSE || !purposes.includes(purpose)) {
      throw new Error(`"${room}" does not declare the token purpose "${purpose}"`);
    }
    return `${room}:${purpose}`;
  }
}
