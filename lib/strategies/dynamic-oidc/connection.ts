import { rowReader, type Row } from '../../resources/index.js';
import { CLIENT_AUTHENTICATIONS, type ClientAuthentication } from '../oidc/index.js';
import { connectionsModel } from './connections.model.js';

/** A provider of a customer, as it may be shown to whoever manages it. Times are UTC. */
export interface Connection {
  readonly id: string;
  /** What stands in links: `acme`. */
  readonly slug: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  /** What people call it. */
  readonly displayName: string;
  /** https. */
  readonly iconUrl: string | null;
  /** Of the addresses whose people are sent there, and for which it is believed. */
  readonly domains: readonly string[];
  readonly createdAt: Date;
  /** Null while it lets people in. */
  readonly disabledAt: Date | null;
}

/** With what stays in here. */
export interface KeptConnection extends Connection {
  readonly sealedSecret: string | null;
  readonly revision: string;
}

const read = rowReader(connectionsModel.table);

/** @throws {TypeError} when a column holds what this room never writes */
export function parseConnection(row: Row): KeptConnection {
  return {
    id: read.text(row, 'id'),
    slug: read.text(row, 'slug'),
    issuer: read.text(row, 'issuer'),
    clientId: read.text(row, 'clientId'),
    clientAuthentication: authenticationIn(read.text(row, 'clientAuthentication')),
    displayName: read.text(row, 'displayName'),
    iconUrl: read.textOrNull(row, 'iconUrl'),
    domains: read
      .text(row, 'domains')
      .split(' ')
      .filter((domain) => domain !== ''),
    createdAt: read.time(row, 'createdAt'),
    disabledAt: read.timeOrNull(row, 'disabledAt'),
    sealedSecret: read.textOrNull(row, 'clientSecret'),
    revision: read.text(row, 'revision'),
  };
}

/** As {@link parseConnection} reads it. */
export function rowOf({ sealedSecret, domains, ...same }: KeptConnection): Row {
  return { ...same, clientSecret: sealedSecret, domains: domains.join(' ') };
}

/** Nothing secret is among it. */
export function shown(kept: KeptConnection): Connection {
  const { sealedSecret: _, revision: __, ...connection } = kept;
  return connection;
}

/**
 * Whose identities those of a connection are: two connections with one `sub` are two people, and so are two issuers that one connection had
 * one after the other.
 */
export function namespaceOf({ id, issuer }: Pick<Connection, 'id' | 'issuer'>): string {
  return `${id} ${issuer}`;
}

export function connectionIdIn(namespace: string): string {
  const [id = ''] = namespace.split(' ', 1);
  return id;
}

function authenticationIn(text: string): ClientAuthentication {
  const found = CLIENT_AUTHENTICATIONS.find((one) => one === text);
  if (found === undefined) throw new TypeError(`${connectionsModel.table}.clientAuthentication is none that is known`);
  return found;
}
