import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { AuthenticationFailed, InvalidInput, UniqueViolation } from '../../errors/index.js';
import { deviceName } from '../../devices/index.js';
import { textOf, type Subject } from '../../resources/index.js';
import type { Account, JsonObject, Proof, StrategyContext } from '../../strategy/index.js';
import { readAttestation } from './webauthn.attestation.js';
import { requireOneOrigin, whyNot, type Ceremonies, type Ceremony, type Started } from './webauthn.ceremonies.js';
import { fail } from './webauthn.errors.js';
import { library } from './webauthn.library.js';
import { ALGORITHMS, type ResolvedWebauthnOptions } from './webauthn.options.js';
import { newUserHandle, type NewPasskey, type Passkeys } from './webauthn.passkeys.js';
import { clientDataIn, registrationIn, transportsIn } from './webauthn.responses.js';
import { idOf } from './webauthn.rows.js';

/** Somebody whom an authenticator is told of. */
interface Owner {
  readonly userName: string;
  readonly userHandle: string;
  readonly excluded: readonly { readonly id: string; readonly transports: string[] }[];
}

/** What came back: the credential, and what its owner calls it. */
export interface Made {
  readonly credential: JsonObject;
  readonly name: string | undefined;
  /** Of the ceremony. @default the cookie */
  readonly handle: string | undefined;
}

/**
 * RFC 8176 §2: the key was there. No statement is asked for, so nothing that is signed says more; and whoever adds a passkey
 * beside another has shown no other factor by that.
 */
const SHOWN = { methods: ['pop'], factors: 1 } as const;

/** New passkeys: of somebody who is signed in, and of accounts that are made with one. */
export class Registrations<U> {
  constructor(
    readonly options: ResolvedWebauthnOptions,
    private readonly ceremonies: Ceremonies<U>,
    private readonly passkeys: Passkeys<U>,
  ) {}

  /** @throws {InvalidInput} `too_many` */
  async begin(ctx: StrategyContext<U>, subject: Subject): Promise<Started> {
    const { user } = await accountOf(ctx, subject);
    await this.passkeys.requireRoom(ctx, subject);
    const own = await this.passkeys.of(ctx, subject);
    const excluded = own.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] }));
    const userHandle = await this.passkeys.userHandleOf(ctx, subject);
    const options = await this.#optionsFor(ctx, { userName: this.#nameOf(user), userHandle, excluded });
    return this.ceremonies.start(ctx, 'registration', options, { subject });
  }

  /** Looks nothing up: the same for an identity that is taken. @param identity canonical */
  async beginAccount(ctx: StrategyContext<U>, identity: string): Promise<Started> {
    const userHandle = newUserHandle();
    const options = await this.#optionsFor(ctx, { userName: identity, userHandle, excluded: [] });
    return this.ceremonies.start(ctx, 'sign-up', options, { account: { identity, userHandle } });
  }

  /**
   * Adds a passkey to an account. It is a change of its credentials: all other sign-ins end as the proof takes effect.
   *
   * @throws {InvalidInput} `taken`, `too_many`
   */
  async add(ctx: StrategyContext<U>, subject: Subject, made: Made): Promise<Proof<U>> {
    const response = registrationIn(made.credential);
    const ceremony = await this.ceremonies.spend(ctx, 'registration', made.handle);
    if (ceremony.subject !== subject) return fail('foreign_challenge');
    const { user, subjectEpoch } = await accountOf(ctx, subject);
    const userHandle = await this.passkeys.userHandleOf(ctx, subject);
    const passkey = { ...(await this.#verify(ctx, ceremony, response, made)), userHandle };
    const effect: Proof<U>['effect'] = async (tx) => {
      await ctx.accounts.changeCredentials(subject, {}, subjectEpoch, tx);
      await this.passkeys.add(ctx, { subject, user }, passkey, tx);
    };
    return { ...SHOWN, user, subjectEpoch, effect };
  }

  /**
   * Makes an account whose way in is the passkey.
   *
   * @throws {InvalidInput} `taken` as the proof takes effect: after the same work as for a free identity
   */
  async makeAccount(ctx: StrategyContext<U>, made: Made): Promise<Proof<U>> {
    const response = registrationIn(made.credential);
    const ceremony = await this.ceremonies.spend(ctx, 'sign-up', made.handle);
    const { identity, userHandle } = ceremony.account ?? fail('foreign_challenge');
    const passkey = { ...(await this.#verify(ctx, ceremony, response, made)), userHandle };
    const { identityField } = this.options;
    const taken = (error: unknown): never => {
      throw error instanceof UniqueViolation ? InvalidInput.of(identityField, 'taken', 'is already taken') : error;
    };
    const { user, subject, subjectEpoch, create } = await ctx.accounts
      .draft({ [identityField]: identity })
      .catch(taken);
    const effect: Proof<U>['effect'] = async (tx) => {
      await create(tx).catch(taken);
      await this.passkeys.keepUserHandle(ctx, subject, userHandle, tx);
      await this.passkeys.add(ctx, { subject, user }, passkey, tx);
    };
    return { ...SHOWN, user, subjectEpoch, effect, effectStands: true };
  }

  async #optionsFor(ctx: StrategyContext<U>, { userName, userHandle, excluded }: Owner) {
    const { rpId: rpID, rpName } = this.ceremonies.placeOf(ctx);
    const { userVerification, uses, algorithms, attestation, challengeLifetimeSeconds } = this.options;
    const { generateRegistrationOptions } = await library();
    return generateRegistrationOptions({
      rpID,
      rpName,
      userName,
      userDisplayName: userName,
      userID: new Uint8Array(Buffer.from(userHandle, 'base64url')),
      timeout: challengeLifetimeSeconds * 1000,
      attestationType: attestation === undefined ? 'none' : 'direct',
      excludeCredentials: [...excluded],
      // Whoever is to be found without a name has to be kept by the authenticator.
      authenticatorSelection: { userVerification, residentKey: uses.includes('sign-in') ? 'required' : 'discouraged' },
      supportedAlgorithmIDs: algorithms.map((name) => ALGORITHMS[name]),
    });
  }

  async #verify(
    ctx: StrategyContext<U>,
    ceremony: Ceremony,
    sent: RegistrationResponseJSON,
    { credential: raw, name }: Made,
  ): Promise<Omit<NewPasskey, 'userHandle'>> {
    const { attestation, algorithms } = this.options;
    const place = this.ceremonies.placeOf(ctx);
    const clientData = clientDataIn(sent.response.clientDataJSON);
    requireOneOrigin(clientData);
    const { response, chain } = await readAttestation(sent, attestation);
    const { verifyRegistrationResponse } = await library();
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: ceremony.challenge,
      expectedOrigin: [...place.origins],
      expectedRPID: place.rpId,
      requireUserVerification: ceremony.userVerification === 'required',
      supportedAlgorithmIDs: algorithms.map((algorithm) => ALGORITHMS[algorithm]),
    }).catch(() => fail(whyNot(clientData, ceremony, place, 'webauthn.create')));
    if (registrationInfo === undefined) return fail('wrong_signature');
    const { credential, aaguid, fmt: format, credentialDeviceType, credentialBackedUp: backedUp } = registrationInfo;
    if (credential.id !== sent.id) return fail('another_credential');
    await chain.requireTrusted({ aaguid, format }, ctx.clock.now());
    return {
      id: idOf(credential.id),
      credentialId: credential.id,
      publicKey: credential.publicKey,
      signCount: credential.counter,
      name: name ?? deviceName(ctx.client.userAgent) ?? 'Passkey',
      transports: transportsIn(raw),
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp,
      aaguid,
      createdAt: ctx.clock.now(),
    };
  }

  /** What the browser shows beside the passkey. */
  #nameOf(user: U): string {
    return textOf(user, this.options.identityField) || this.options.name;
  }
}

/** @throws {AuthenticationFailed} where whoever asks is gone by now */
async function accountOf<U>(ctx: StrategyContext<U>, subject: Subject): Promise<Account<U>> {
  const account = await ctx.accounts.find(subject);
  if (account === null) throw new AuthenticationFailed('unknown_user');
  return account;
}
