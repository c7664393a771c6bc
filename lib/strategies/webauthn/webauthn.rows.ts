import { digest } from '../../crypto/index.js';
import { rowReader, type DataLayer, type Model, type Row, type Subject } from '../../resources/index.js';

/** One row per passkey. Nothing in it signs anybody in: it holds public keys. */
export const passkeysModel: Model = {
  table: 'webauthn_credentials',
  tenantField: 'tenant',
  columns: {
    /** SHA-256 of the credential id, which may be longer than an index takes. One row per credential, whosever it is. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    subject: { type: 'text' },
    /** As the authenticator made it, in base64url. At most 1,023 bytes. */
    credentialId: { type: 'text' },
    /** COSE_Key (RFC 9052 §7). */
    publicKey: { type: 'bytes' },
    /** What the authenticator was told that its owner is; see {@link userHandlesModel}. */
    userHandle: { type: 'text' },
    signCount: { type: 'integer' },
    name: { type: 'text' },
    /** How browsers reach it, with a space between. */
    transports: { type: 'text' },
    /** Never changes (WebAuthn §6.1.3). */
    backupEligible: { type: 'boolean' },
    backedUp: { type: 'boolean' },
    /** The model of the authenticator, where it says. */
    aaguid: { type: 'text' },
    createdAt: { type: 'time' },
    lastUsedAt: { type: 'time', nullable: true },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'subject']],
};

/** What authenticators are told that somebody is: 64 random bytes, in which there is nothing else (WebAuthn §14.6.1). */
export const userHandlesModel: Model = {
  table: 'webauthn_user_handles',
  tenantField: 'tenant',
  columns: {
    tenant: { type: 'text' },
    audience: { type: 'text' },
    subject: { type: 'text' },
    userHandle: { type: 'text' },
  },
  primaryKey: ['tenant', 'subject', 'audience'],
};

/** A row of `webauthn_credentials`, typed. Times are UTC. */
export interface Passkey {
  readonly id: string;
  readonly subject: Subject;
  readonly credentialId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly userHandle: string;
  readonly signCount: number;
  readonly name: string;
  readonly transports: readonly string[];
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly aaguid: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** What its owner may see of a passkey. */
export type ListedPasskey = Pick<
  Passkey,
  'id' | 'credentialId' | 'name' | 'transports' | 'backedUp' | 'aaguid' | 'createdAt' | 'lastUsedAt'
>;

const read = rowReader(passkeysModel.table);

/** What names a credential in the table and on the wire. */
export function idOf(credentialId: string): string {
  return digest(credentialId);
}

export async function dropPasskeys(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(passkeysModel, { subject });
  await tx.delete(userHandlesModel, { subject });
}

/** @throws {TypeError} when a column holds what this room never writes */
export function parsePasskey(row: Row): Passkey {
  return {
    id: read.text(row, 'id'),
    subject: read.text(row, 'subject') as Subject, // a column written from a Subject
    credentialId: read.text(row, 'credentialId'),
    publicKey: bytesIn(row),
    userHandle: read.text(row, 'userHandle'),
    signCount: Number(row['signCount']),
    name: read.text(row, 'name'),
    transports: wordsIn(read.text(row, 'transports')),
    backupEligible: row['backupEligible'] === true,
    backedUp: row['backedUp'] === true,
    aaguid: read.text(row, 'aaguid'),
    createdAt: read.time(row, 'createdAt'),
    lastUsedAt: read.timeOrNull(row, 'lastUsedAt'),
  };
}

export function listed(passkey: Passkey): ListedPasskey {
  const { id, credentialId, name, transports, backedUp, aaguid, createdAt, lastUsedAt } = passkey;
  return { id, credentialId, name, transports, backedUp, aaguid, createdAt, lastUsedAt };
}

function wordsIn(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function bytesIn({ publicKey }: Row): Uint8Array<ArrayBuffer> {
  if (publicKey instanceof Uint8Array) return new Uint8Array(publicKey);
  throw new TypeError(`${passkeysModel.table}.publicKey is not bytes`);
}
