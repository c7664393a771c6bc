import { InvalidToken } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import type { Flow, JsonObject, StrategyContext } from '../../strategy/index.js';
import { fail, type PasskeyFailure } from './webauthn.errors.js';
import type { ResolvedWebauthnOptions, UserVerification } from './webauthn.options.js';
import type { ClientData } from './webauthn.responses.js';

/** What a challenge is for. One of another ceremony does not open: the name is in its seal. */
export type CeremonyKind = 'registration' | 'sign-up' | 'sign-in' | 'second-factor' | 'verify';

/** What a ceremony is about, kept sealed with its challenge until the answer comes. */
export interface Ceremony {
  readonly challenge: string;
  /** As it was asked for, whatever the options say by the time of the answer. */
  readonly userVerification: UserVerification;
  /** Whose passkey it has to be; null where the passkey is to say who comes. */
  readonly subject: Subject | null;
  /** Of an account that is to be made: what somebody registers with, and what the authenticator was told. */
  readonly account: { readonly identity: string; readonly userHandle: string } | null;
}

/** Where a ceremony may come from: of configuration alone, never of the request (WebAuthn §13.4.9). */
export interface Place {
  readonly rpId: string;
  readonly rpName: string;
  readonly origins: readonly string[];
}

/** Options for the browser, as the phase hands them out. */
export interface Started {
  readonly options: JsonObject;
  /** For clients without cookies, where they are let. */
  readonly ceremony?: string;
}

/** Challenges, and what they are bound to. */
export class Ceremonies<U> {
  constructor(private readonly options: ResolvedWebauthnOptions) {}

  placeOf({ links }: Pick<StrategyContext<U>, 'links'>): Place {
    const home = links.page('/', {});
    const { rpId = home.hostname, origins = [home.origin] } = this.options;
    return { rpId, rpName: this.options.rpName ?? rpId, origins };
  }

  /** @param options as the browser gets them: they hold the challenge */
  async start(
    ctx: StrategyContext<U>,
    kind: CeremonyKind,
    options: { readonly challenge: string },
    about: Partial<Pick<Ceremony, 'subject' | 'account'>> = {},
  ): Promise<Started> {
    const { userVerification, challengeLifetimeSeconds: lifetimeSeconds, challengeBoundTo: boundTo } = this.options;
    const { challenge } = options;
    const ceremony: Ceremony = { challenge, userVerification, subject: null, account: null, ...about };
    const { handle } = await ctx.flows.start(kind, { ...ceremony }, { lifetimeSeconds, boundTo });
    return { options: { ...options }, ...(boundTo === 'holder' && { ceremony: handle }) };
  }

  /**
   * Uses a challenge up, before anything of the answer is looked at: whatever comes of it, it does not come again.
   *
   * @param handle @default the cookie
   * @throws {InvalidToken} where there is none, it is too old, or it was used before
   */
  async spend(ctx: StrategyContext<U>, kind: CeremonyKind, handle: string | undefined): Promise<Ceremony> {
    const flow = await ctx.flows.read(kind, handle);
    if (flow === null) throw new InvalidToken('no_challenge');
    await ctx.flows.spend(flow);
    return sealedIn(flow);
  }
}

/** Nobody frames our ceremonies (WebAuthn §13.4.9). The library looks only where a browser also names the frame's owner. */
export function requireOneOrigin({ crossOrigin = false, topOrigin }: ClientData): void {
  if (crossOrigin !== false || topOrigin !== undefined) fail('cross_origin');
}

/** Says for the log what the library found wrong, whose own words quote the input. It decides nothing. */
export function whyNot(
  { type, challenge, origin }: ClientData,
  expected: Pick<Ceremony, 'challenge'>,
  { origins }: Place,
  expectedType: 'webauthn.create' | 'webauthn.get',
): PasskeyFailure {
  if (type !== expectedType) return 'wrong_type';
  if (challenge !== expected.challenge) return 'wrong_challenge';
  return typeof origin === 'string' && origins.includes(origin) ? 'not_verified' : 'wrong_origin';
}

function sealedIn({ data }: Flow): Ceremony {
  return data as unknown as Ceremony; // authenticated: only `start` above seals these kinds
}
