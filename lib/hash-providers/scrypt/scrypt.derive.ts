import { scrypt } from 'node:crypto';

/** RFC 7914 §2: log2 of N, r and p. */
export interface ScryptCost {
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

/** scrypt (RFC 7914) on a thread of libuv's pool. */
export function deriveScrypt(
  password: string,
  salt: string | Uint8Array,
  lengthBytes: number,
  { logCost, blockSize, parallelism }: ScryptCost,
): Promise<Buffer> {
  const N = 2 ** logCost;
  // What the algorithm holds, and two blocks to work in: Node's own bound of 32 MiB is less than a good hash takes.
  const maxmem = 128 * blockSize * (N + parallelism + 2);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, lengthBytes, { N, r: blockSize, p: parallelism, maxmem }, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}
