import { randomToken } from '../crypto/index.js';
import { InvalidToken } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { TokenAbout, TokenFacts, TokenIssuer } from '../strategy/index.js';
import { DAY, type Clock } from '../time/index.js';
import type { JwsKeys } from './algorithm.js';
import { checkClaims, checkTenant, parseClaims, tenantClaim, toSeconds, type Claims } from './claims.js';
import { signJws, verifyJws } from './jws.js';
import type { KeyRing } from './key-ring.js';
import { tokensModel } from './models.js';
import { parseTokenRow, subOf, TOKEN_FIELDS, type TokenRow } from './token-rows.js';
import { USER_PURPOSE } from './user-tokens.js';

const TYPE = 'one-time+jwt';

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
   * Makes a token. Every older one of the same subject and purpose is void from then on; tokens about nobody stand side by
   * side.
   *
   * @returns The JWT to hand out, and the id of its row.
   * @throws {InvalidToken} reason `credentials_changed` when the subject's epoch is no longer the one given.
   * @throws {RangeError} for a lifetime that no check would accept.
   */
  async issue(
    purpose: string,
    { subject, subjectEpoch, lifetimeSeconds, data }: TokenAbout,
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
    const [id, issuedAt] = [randomToken(), clock.now()];
    const iat = toSeconds(issuedAt);
    const exp = iat + lifetimeSeconds;
    const json = data === undefined ? null : JSON.stringify(data);
    const row = { id, subject, purpose: name, epoch: subjectEpoch, data: json, spentAt: null };
    await tx.insert(tokensModel, { ...row, issuedAt, expiresAt: new Date(exp * 1000) });

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

  /**
   * Uses a token up: its first statement lets one of any number of callers pass. Where the transaction is rolled back the
   * token is as good as before.
   *
   * @throws {InvalidToken} also with reason `spent` (or void, or unknown) or `credentials_changed`.
   */
  async spend(purpose: string, token: string, tx: DataLayer): Promise<TokenFacts> {
    const claims = this.#verify(purpose, token);
    const now = this.#about.clock.now();
    const unspent = { id: claims.jti, purpose: claims.purpose, spentAt: null, expiresAt: { gt: now } };
    if ((await tx.update(tokensModel, unspent, { spentAt: now })) !== 1) throw new InvalidToken('spent');
    const { facts } = await this.#find(claims, tx);
    return this.#current(facts, tx);
  }

  /** The lock comes first: of two parallel issues the second waits, and then finds the first one's row to void. */
  async #voidOlder(purpose: string, subject: Subject, epoch: number, tx: DataLayer): Promise<void> {
    if (!(await this.#about.touchSubject(subject, epoch, tx))) throw new InvalidToken('credentials_changed');
    await tx.update(tokensModel, { subject, purpose, spentAt: null }, { spentAt: this.#about.clock.now() });
  }

  #verify(purpose: string, token: string): Claims {
    const name = this.#purpose(purpose);
    const { issuer, audience, tenant, clock } = this.#about;
    const claims = parseClaims(verifyJws(this.#keys(name), TYPE, token));
    checkClaims(claims, { issuer, audience, purpose: name, maxLifetimeSeconds: this.#maxLifetimeSeconds }, clock);
    checkTenant(claims, tenant);
    return claims;
  }

  async #find(claims: Claims, data: DataLayer): Promise<TokenRow> {
    return parseTokenRow(await data.findOne(tokensModel, { id: claims.jti }, TOKEN_FIELDS), claims);
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
