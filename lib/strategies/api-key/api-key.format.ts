import { crc32 } from 'node:zlib';
import { base62, randomKey, randomName } from '../../crypto/index.js';

/** `prefix_id_secret_checksum`: the lengths are those of 128 bits, 256 bits and 32 bits. */
const REST = /^([0-9A-Za-z]{22})_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;

/** A key, whole: shown once. */
export interface NewKey {
  /** Names the key; no secret. It stands in the key, so whoever finds one knows which it is. */
  readonly id: string;
  readonly key: string;
}

export function makeKey(prefix: string): NewKey {
  const id = randomName();
  const body = `${prefix}_${id}_${randomKey()}`;
  return { id, key: `${body}_${checksumOf(body)}` };
}

/** Whether it is a key of this prefix, or was meant to be one: nobody else's credential begins like that. */
export function isSpeltLikeOurs(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`);
}

/** The id in a key; null where it is mistyped, cut off or made up, which nothing but the text itself tells. */
export function idIn(prefix: string, key: string): string | null {
  const id = isSpeltLikeOurs(prefix, key) ? REST.exec(key.slice(prefix.length + 1))?.[1] : undefined;
  const end = key.lastIndexOf('_');
  return id !== undefined && key.slice(end + 1) === checksumOf(key.slice(0, end)) ? id : null;
}

/** CRC-32 (ISO 3309): so that scanners tell a key from what looks like one, and typos cost no look-up. It protects nothing. */
function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes);
}
