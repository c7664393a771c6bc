import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AttestedAuthenticator } from 'nest-auth-plug/strategies/webauthn';
import type { Attested, CreationOptions, Lies } from './authenticator.js';
import type { Cbor } from './cbor.js';
import { makeCertificate, type Certified } from './certificates.js';
import { addPasskey, begin, lastReason, passkeysApps } from './passkeys-app.js';

const ROOT = makeCertificate({ name: 'Root', isAuthority: true });
const MIDDLE = makeCertificate({ name: 'Middle', isAuthority: true, by: ROOT });
const LEAF = makeCertificate({ name: 'Key 7', by: MIDDLE });
const SELF_MADE = makeCertificate({ name: 'Root', isAuthority: true });
const FOREIGN = makeCertificate({ name: 'Key 8', by: SELF_MADE });
const NO_AUTHORITY = makeCertificate({ name: 'Person', by: ROOT });
const BY_NO_AUTHORITY = makeCertificate({ name: 'Key 9', by: NO_AUTHORITY });
const LAST_YEAR = new Date(Date.UTC(2025, 0, 1));
const OLD = makeCertificate({ name: 'Old', isAuthority: true, by: ROOT, until: LAST_YEAR });
const BY_OLD = makeCertificate({ name: 'Key 10', by: OLD });
const OLD_ROOT = makeCertificate({ name: 'Old root', isAuthority: true, until: LAST_YEAR });
const BY_OLD_ROOT = makeCertificate({ name: 'Key 11', by: OLD_ROOT });

/** A statement of the form `packed` (WebAuthn §8.2). */
const packed =
  (chain: readonly Certified[], signer = chain[0]) =>
  ({ authData, clientDataHash }: Attested): readonly [string, ReadonlyMap<string, Cbor>] => {
    const key = signer?.privateKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const sig = sign('sha256', Buffer.concat([authData, clientDataHash]), key);
    const entries: [string, Cbor][] = [
      ['alg', -7],
      ['sig', sig],
      ['x5c', chain.map(({ der }) => der)],
    ];
    return ['packed', new Map(entries)];
  };
const selfSigned = ({ authData, clientDataHash, keys }: Attested): readonly [string, ReadonlyMap<string, Cbor>] => {
  const sig = keys.sign(Buffer.concat([authData, clientDataHash]));
  return [
    'packed',
    new Map<string, Cbor>([
      ['alg', -7],
      ['sig', sig],
    ]),
  ];
};

describe('a statement of who made an authenticator', () => {
  const { visit } = passkeysApps();

  it.each<[string, Lies['attestation'] & object]>([
    ['of a maker that nobody knows', packed([FOREIGN, SELF_MADE])],
    ['of the authenticator itself', selfSigned],
    ['of a form that nobody knows', () => ['odd', new Map<string, Cbor>([['x', 'y']])]],
    ['with certificates that are none', () => ['packed', new Map<string, Cbor>([['x5c', [Buffer.from('no')]]])]],
  ])('%s is not looked at where none was asked for', async (_, attestation) => {
    const { ada, key } = await visit();

    expect(await addPasskey(ada, key, { lies: { attestation } })).toMatchObject({ status: 200 });
  });

  const trusting = (accepts?: (authenticator: AttestedAuthenticator) => boolean) =>
    visit({ passkeys: { attestation: { trustAnchors: [ROOT.pem, OLD_ROOT.pem], accepts } } });

  it('is asked for, and is enough, where its chain ends in a certificate that is trusted', async () => {
    const asked: AttestedAuthenticator[] = [];
    const { ada, key } = await trusting((authenticator) => asked.push(authenticator) > 0);
    const { options } = await begin<CreationOptions>(ada, 'registration');
    expect(options).toMatchObject({ attestation: 'direct' });

    for (const chain of [
      [LEAF, MIDDLE],
      [LEAF, MIDDLE, ROOT],
    ]) {
      expect(await addPasskey(ada, key, { lies: { attestation: packed(chain) } })).toMatchObject({ status: 200 });
    }
    expect(asked[0]).toEqual({ aaguid: '00000000-0000-0000-0000-000000000000', format: 'packed' });
  });

  it.each<[string, Lies['attestation'], string]>([
    ['that ends in a root of its own', packed([FOREIGN, SELF_MADE]), 'untrusted_authenticator'],
    ['that leaves out a certificate', packed([LEAF]), 'untrusted_authenticator'],
    ['that hangs on somebody who is no authority', packed([BY_NO_AUTHORITY, NO_AUTHORITY]), 'untrusted_authenticator'],
    ['in another order', packed([LEAF, ROOT, MIDDLE]), 'untrusted_authenticator'],
    ['of a maker whose time is over', packed([BY_OLD, OLD]), 'untrusted_authenticator'],
    ['that ends where trust is over', packed([BY_OLD_ROOT]), 'untrusted_authenticator'],
    ['without certificates', selfSigned, 'untrusted_authenticator'],
    ['that is none', undefined, 'untrusted_authenticator'],
    ['whose signature is of another key', packed([LEAF, MIDDLE], FOREIGN), 'wrong_signature'],
  ])('[ASVS 6.7.1] %s is refused', async (_, attestation, reason) => {
    const { app, ada, key } = await trusting();

    const lies = attestation === undefined ? {} : { attestation };
    expect([(await addPasskey(ada, key, { lies })).status, lastReason(app)]).toEqual([401, reason]);
    expect(await app.rows()).toEqual([]);
  });

  it('of a model that the app does not want is refused', async () => {
    const { app, ada, key } = await trusting(() => false);

    expect(await addPasskey(ada, key, { lies: { attestation: packed([LEAF, MIDDLE]) } })).toMatchObject({
      status: 401,
    });
    expect(lastReason(app)).toBe('untrusted_authenticator');
  });
});
