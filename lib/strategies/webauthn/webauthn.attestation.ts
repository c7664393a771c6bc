import { X509Certificate } from 'node:crypto';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { InvalidInput } from '../../errors/index.js';
import { fail } from './webauthn.errors.js';
import { helpers } from './webauthn.library.js';
import type { AttestationOptions, AttestedAuthenticator } from './webauthn.options.js';

/** What is to be verified, and who is to vouch for it afterwards. */
interface ReadAttestation {
  readonly response: RegistrationResponseJSON;
  readonly chain: AttestationChain;
}

/** Certificates of a statement, that of the authenticator first. */
interface AttestationChain {
  /** @throws {AuthenticationFailed} */
  requireTrusted(authenticator: AttestedAuthenticator, now: Date): Promise<void>;
}

const NOT_ASKED: AttestationChain = { requireTrusted: () => Promise.resolve() };

/**
 * Where no statement is asked for, whatever came is replaced by none: nobody's certificates are parsed, and an authenticator that sends
 * one all the same is as good as any.
 *
 * @throws {InvalidInput}
 */
export async function readAttestation(
  sent: RegistrationResponseJSON,
  policy: AttestationOptions | undefined,
): Promise<ReadAttestation> {
  const { isoBase64URL, isoCBOR, decodeAttestationObject } = await helpers();
  try {
    const object = decodeAttestationObject(isoBase64URL.toBuffer(sent.response.attestationObject));
    if (policy !== undefined) return { response: sent, chain: chainOf(object.get('attStmt').get('x5c'), policy) };
    const none = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', object.get('authData')],
    ]);
    const attestationObject = isoBase64URL.fromBuffer(isoCBOR.encode(none));
    return { response: { ...sent, response: { ...sent.response, attestationObject } }, chain: NOT_ASKED };
  } catch {
    throw InvalidInput.of('credential', 'invalid', 'is not what a passkey answers');
  }
}

function chainOf(certificates: readonly Uint8Array[] = [], policy: AttestationOptions): AttestationChain {
  const chain = certificates.map((der) => new X509Certificate(der));
  return {
    async requireTrusted(authenticator, now) {
      const isTrusted = endsInAnchor(chain, policy.trustAnchors, now);
      const isAccepted = isTrusted && (await (policy.accepts?.(authenticator) ?? true));
      if (!isAccepted) fail('untrusted_authenticator');
    },
  };
}

/** RFC 5280 §6.1, of which lists of revoked certificates are left out: nothing is fetched that a stranger names. */
function endsInAnchor(chain: readonly X509Certificate[], trustAnchors: readonly string[], now: Date): boolean {
  const anchors = trustAnchors.map((pem) => new X509Certificate(pem));
  const [last] = chain.slice(-1);
  if (last === undefined || ![...chain].every((certificate) => isInTime(certificate, now))) return false;
  const isLinked = chain.slice(1).every((issuer, index) => issuer.ca && isIssuedBy(chain[index], issuer));
  if (!isLinked) return false;
  return anchors.some((anchor) => isInTime(anchor, now) && (last.raw.equals(anchor.raw) || isIssuedBy(last, anchor)));
}

function isIssuedBy(certificate: X509Certificate | undefined, issuer: X509Certificate): boolean {
  return certificate !== undefined && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isInTime({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return new Date(validFrom) <= now && now <= new Date(validTo);
}
