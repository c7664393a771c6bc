import { deriveKey, keyedDigest, randomToken, safeEqual } from '../../crypto/index.js';
import { InvalidToken, LimitExceeded } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import {
  addressIn,
  MAILED_SECRET,
  MailedSecrets,
  type Flow,
  type Flows,
  type Proof,
  type StrategyContext,
} from '../../strategy/index.js';
import type { ResolvedOtpOptions } from './otp.options.js';

/** The kind of flow that a code counts within. */
const FLOW = 'code';

/** At one code, whoever types (ASVS 6.6.3). The account's own limits hold as well, and a new code does not reset them. */
const MOST_GUESSES = 5;

/**
 * What can be done with codes, for whoever asks: no request in sight.
 *
 * A code is short, so it counts within the flow that asked for it alone (ASVS 6.6.2). The flow is sealed, kept by the client, and
 * made for known and unknown addresses alike. What a newer request has to void must be known here: that is a token whose id
 * is the flow's, so that it brings what tokens have (one live per address, the epoch, spent by one conditional write) and
 * needs no table. It holds a digest under a key that is in the flow: neither the rows nor the client can find the code.
 */
export class OtpActions<U> {
  readonly #codes: MailedSecrets<U>;

  constructor(readonly options: ResolvedOtpOptions) {
    this.#codes = new MailedSecrets({ ...options, lifetimeSeconds: options.codeLifetimeSeconds });
  }

  /** What a code will count within, whether or not there will be one. @param address canonical */
  async begin(ctx: StrategyContext<U>, address: string): Promise<Flow> {
    const { codeLifetimeSeconds: lifetimeSeconds } = this.options;
    return ctx.flows.start(FLOW, { address, key: randomToken() }, { lifetimeSeconds, boundTo: 'holder' });
  }

  /** Sends a code for the flow, if there is an account or may be one. Voids the code before. */
  async send(ctx: StrategyContext<U>, flow: Flow): Promise<void> {
    const code = this.options.generator.generate();
    const kept = (subject: Subject | null) => ({ id: flow.id, data: { digest: this.#digest(flow, subject, code) } });
    const link = this.#linkTo(ctx, code);
    await this.#codes.issue(ctx, addressIn(flow), kept, () => ({ purpose: 'otp', code, link }));
  }

  /** The address that a flow asked for. @param handle @default the cookie */
  async addressOf(flows: Pick<Flows, 'read'>, handle?: string): Promise<string | null> {
    const flow = await flows.read(FLOW, handle);
    return flow === null ? null : addressIn(flow);
  }

  /**
   * The same look-ups whether there is an account, a code, or neither.
   *
   * @param handle of the flow @default the cookie
   * @throws {InvalidToken} the same, whatever is wrong
   */
  async signIn(ctx: StrategyContext<U>, typed: string, handle: string | undefined): Promise<Proof<U>> {
    const flow = await ctx.flows.read(FLOW, handle);
    if (flow === null) throw new InvalidToken('no_flow');
    await countGuess(ctx, flow);
    const address = addressIn(flow);
    const held = await ctx.tokens.find(MAILED_SECRET, flow.id);
    const account = await ctx.accounts.findByIdentity(this.options.identityField, address);
    const digest = this.#digest(flow, held?.subject ?? null, typed);
    if (held === null || !safeEqual(String(held.data['digest']), digest)) throw new InvalidToken('wrong_code');
    return this.#codes.prove(ctx, { address, account, held, token: held });
  }

  /** Of this flow, this account (or address) and this purpose, and of no other. */
  #digest({ id, data }: Flow, subject: Subject | null, code: string): string {
    const about = [MAILED_SECRET, id, subject ?? addressIn({ data }), this.options.generator.normalise(code)];
    return keyedDigest(deriveKey(String(data['key']), 'one-time code'), JSON.stringify(about));
  }

  /** Undefined where there is no page. */
  #linkTo(ctx: StrategyContext<U>, otp: string): URL | undefined {
    const { page, routes } = this.options;
    if (page !== undefined) return ctx.links.page(page, { otp });
    return routes['page']?.enabled === false ? undefined : ctx.links.to('page', { otp });
  }
}

/** Before the code is compared, and known or unknown. A code that was guessed at too often is as good as none. */
async function countGuess({ limits }: Pick<StrategyContext<unknown>, 'limits'>, flow: Flow): Promise<void> {
  try {
    await limits.count(`guesses at ${flow.id}`, { limit: MOST_GUESSES, until: flow.expiresAt });
  } catch (error) {
    throw error instanceof LimitExceeded ? new InvalidToken('too_many_guesses') : error;
  }
}
