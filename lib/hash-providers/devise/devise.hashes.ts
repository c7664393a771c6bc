import type { Problem } from '../../errors/index.js';
import { Secret } from '../../secrets/index.js';
import { BcryptHashes, type BcryptInput } from '../bcrypt/bcrypt.hashes.js';
import { MOST_BYTES } from '../bcrypt/bcrypt.library.js';
import type { HashVerifier } from '../hash-provider.js';

/** Options of {@link deviseHashes}. */
export interface DeviseOptions {
  /** `config.pepper` of the app that made the hashes. Without one its hashes are bare bcrypt: use `bcryptHashes()`. */
  readonly pepper: string | undefined;
}

/**
 * Reads the hashes of Devise with a pepper, from the column `encrypted_password`: bcrypt of the password with the pepper behind it.
 *
 * bcrypt reads 72 bytes of the two together, which is how they were made; a password that is longer by itself is refused.
 */
export function deviseHashes({ pepper }: DeviseOptions): HashVerifier {
  return new DeviseHashes(new Secret(pepper ?? ''));
}

class DeviseHashes extends BcryptHashes {
  constructor(private readonly pepper: Secret) {
    super(peppered(pepper));
  }

  override async check(where: string): Promise<readonly Problem[]> {
    const problems = await super.check(where);
    if (this.pepper.reveal() !== '') return problems;
    const cure = "write the app's `config.pepper`, or use bcryptHashes() where it had none";
    return [...problems, { where, wrong: 'the pepper of deviseHashes is missing or empty', cure }];
  }
}

function peppered(pepper: Secret): BcryptInput {
  return (password) => {
    const bytes = Buffer.from(`${password}${pepper.reveal()}`).subarray(0, MOST_BYTES);
    return { bytes, isWhole: Buffer.byteLength(password) <= MOST_BYTES };
  };
}
