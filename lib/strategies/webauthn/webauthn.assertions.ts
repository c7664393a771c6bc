import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Account, JsonObject, Proof, StrategyContext } from '../../strategy/index.js';
import type { Subject } from '../../resources/index.js';
import {
  requireOneOrigin,
  whyNot,
  type Ceremonies,
  type Ceremony,
  type CeremonyKind,
  type Started,
} from './webauthn.ceremonies.js';
import { fail } from './webauthn.errors.js';
import { library } from './webauthn.library.js';
import type { ResolvedWebauthnOptions } from './webauthn.options.js';
import { assertionIn, clientDataIn } from './webauthn.responses.js';
import type { Passkeys } from './webauthn.passkeys.js';
import { idOf, parsePasskey, passkeysModel, type Passkey } from './webauthn.rows.js';

/** What an authenticator said, once its signature was found to be right. */
interface Signed {
  readonly newCounter: number;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** Signing in, being a second factor and stepping up: one ceremony with different bounds. */
export class Assertions<U> {
  constructor(
    readonly options: ResolvedWebauthnOptions,
    private readonly ceremonies: Ceremonies<U>,
    private readonly passkeys: Passkeys<U>,
  ) {}

  /**
   * @param subject Whose passkey is asked for; null for whichever the browser finds. No options ever hold what somebody typed: they are
   *   the same for whoever has an account and whoever has none.
   */
  async begin(ctx: StrategyContext<U>, kind: CeremonyKind, subject: Subject | null): Promise<Started> {
    const { rpId: rpID } = this.ceremonies.placeOf(ctx);
    const { userVerification, challengeLifetimeSeconds } = this.options;
    const { generateAuthenticationOptions } = await library();
    const own = subject === null ? [] : await this.passkeys.of(ctx, subject);
    const options = await generateAuthenticationOptions({
      rpID,
      userVerification,
      timeout: challengeLifetimeSeconds * 1000,
      allowCredentials: own.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] })),
    });
    return this.ceremonies.start(ctx, kind, options, { subject });
  }

  /**
   * @param subject As for {@link begin}.
   * @param handle of the ceremony @default the cookie
   * @throws {InvalidInput} @throws {InvalidToken} @throws {AuthenticationFailed}
   */
  async prove(
    ctx: StrategyContext<U>,
    kind: CeremonyKind,
    subject: Subject | null,
    credential: JsonObject,
    handle: string | undefined,
  ): Promise<Proof<U>> {
    const response = assertionIn(credential);
    const ceremony = await this.ceremonies.spend(ctx, kind, handle);
    if (ceremony.subject !== subject) return fail('foreign_challenge');
    const { passkey, account } = await this.#ownerOf(ctx, ceremony, response);
    const signed = await this.#verify(ctx, ceremony, response, passkey);
    if (signed.backupEligible !== passkey.backupEligible) return fail('backup_eligibility_changed');
    const signCount = this.#countAfter(ctx, passkey, signed);
    return this.#proof(ctx, account, passkey, { ...signed, newCounter: signCount });
  }

  /** The passkey first and its owner's epoch after it: whatever takes it away raises that, or leaves no row to write. */
  async #ownerOf(
    ctx: StrategyContext<U>,
    { subject }: Ceremony,
    { id, response: { userHandle } }: AuthenticationResponseJSON,
  ): Promise<{ readonly passkey: Passkey; readonly account: Account<U> }> {
    const own = { id: idOf(id), audience: this.passkeys.audienceOf(ctx) };
    const row = await ctx.data.findOne(passkeysModel, own);
    const passkey = row === null ? fail('unknown_credential') : parsePasskey(row);
    if (subject !== null && passkey.subject !== subject) return fail('foreign_passkey');
    // WebAuthn §7.2 step 6: where nobody was named, the authenticator has to say who it is.
    const isHandle = userHandle === passkey.userHandle || (userHandle === undefined && subject !== null);
    if (!isHandle) return fail('wrong_user_handle');
    const account = await ctx.accounts.find(passkey.subject);
    return account === null ? fail('unknown_user') : { passkey, account };
  }

  async #verify(
    ctx: StrategyContext<U>,
    ceremony: Ceremony,
    response: AuthenticationResponseJSON,
    { credentialId, publicKey }: Passkey,
  ): Promise<Signed> {
    const place = this.ceremonies.placeOf(ctx);
    const clientData = clientDataIn(response.response.clientDataJSON);
    requireOneOrigin(clientData);
    const { verifyAuthenticationResponse } = await library();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: ceremony.challenge,
      expectedOrigin: [...place.origins],
      expectedRPID: place.rpId,
      requireUserVerification: ceremony.userVerification === 'required',
      // Its counter is compared once the signature is known to be right: before that anybody could raise the alarm.
      credential: { id: credentialId, publicKey, counter: 0 },
    }).catch(() => fail(whyNot(clientData, ceremony, place, 'webauthn.get')));
    if (!verified) return fail('wrong_signature');
    const { newCounter, userVerified, credentialDeviceType, credentialBackedUp: backedUp } = authenticationInfo;
    return { newCounter, userVerified, backedUp, backupEligible: credentialDeviceType === 'multiDevice' };
  }

  /** WebAuthn §7.2 step 22: both zero says that there is no counter. */
  #countAfter(ctx: StrategyContext<U>, { id, subject, signCount }: Passkey, { newCounter }: Signed): number {
    const hasGrown = newCounter > signCount || (newCounter === 0 && signCount === 0);
    if (hasGrown) return newCounter;
    const isRefused = this.options.onCounterRegression === 'refuse';
    ctx.observe('counter-regression', isRefused ? 'refused' : 'ok', { passkeyId: id, subject });
    return isRefused ? fail('counter_regression') : signCount;
  }

  /** RFC 8176 §2: `pop`, and `user` where the authenticator made sure of its owner, which is a factor of its own. */
  #proof(
    ctx: StrategyContext<U>,
    { user, subjectEpoch }: Account<U>,
    { id, subject, signCount }: Passkey,
    { userVerified, backedUp, newCounter }: Signed,
  ): Proof<U> {
    const written = { signCount: newCounter, backedUp, lastUsedAt: ctx.clock.now() };
    const effect: Proof<U>['effect'] = async (tx) => {
      const where = { id, subject, audience: this.passkeys.audienceOf(ctx), signCount };
      if ((await tx.update(passkeysModel, where, written)) !== 1) fail('passkey_changed');
    };
    const methods = userVerified ? (['pop', 'user'] as const) : (['pop'] as const);
    return { user, subjectEpoch, methods, factors: userVerified ? 2 : 1, effect };
  }
}
