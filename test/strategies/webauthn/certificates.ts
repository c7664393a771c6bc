import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate, and the key that it speaks for. */
export interface Certified {
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly name: Buffer;
}

export interface CertificateOptions {
  readonly name: string;
  readonly isAuthority?: boolean;
  /** @default itself */
  readonly by?: Certified;
  readonly until?: Date;
}

/** X.509, version 3 (RFC 5280 §4.1), as much of it as an attestation certificate needs (WebAuthn §8.2.1). */
export function makeCertificate({
  name,
  isAuthority = false,
  by,
  until = new Date(Date.UTC(2049, 0, 1)),
}: CertificateOptions): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = nameOf(name);
  const validity = sequence(time(new Date(Date.UTC(2024, 0, 1))), time(until));
  const body = sequence(
    tlv(0xa0, integer(2)),
    integer(Math.floor(Math.random() * 0x7fff_ffff)),
    ECDSA,
    by?.name ?? subject,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(basicConstraints(isAuthority))),
  );
  const signature = sign('sha256', body, by?.privateKey ?? privateKey);
  const der = sequence(body, ECDSA, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { der, pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, privateKey, name: subject };
}

/** ecdsa-with-SHA256 (RFC 5758 §3.2). */
const ECDSA = sequence(oid('2a8648ce3d040302'));

function nameOf(name: string): Buffer {
  return sequence(
    part('550406', tlv(0x13, Buffer.from('SE'))),
    part('55040a', tlv(0x0c, Buffer.from('Makers'))),
    part('55040b', tlv(0x0c, Buffer.from('Authenticator Attestation'))),
    part('550403', tlv(0x0c, Buffer.from(name))),
  );
}

function part(type: string, value: Buffer): Buffer {
  return tlv(0x31, sequence(oid(type), value));
}

function basicConstraints(isAuthority: boolean): Buffer {
  const value = sequence(isAuthority ? TRUE : Buffer.alloc(0));
  return sequence(oid('551d13'), TRUE, tlv(0x04, value));
}

const TRUE = tlv(0x01, Buffer.from([0xff]));

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[^\d]/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  const start = bytes.findIndex((byte) => byte !== 0);
  const first = start === -1 ? 4 : start;
  return tlv(0x02, (bytes[first] ?? 0) > 0x7f ? bytes.subarray(first - 1) : bytes.subarray(first));
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), value]);
}
