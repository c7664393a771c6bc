import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Everything that the environment decides. No other file of the app reads it. */
export abstract class Settings {
  abstract readonly adapter: 'express' | 'fastify';
  abstract readonly port: number;
  /** Of the provider that the app starts in development. */
  abstract readonly localIdPort: number;
  /** Of the provider of a customer, in development. */
  abstract readonly acmePort: number;
  /** Where browsers reach the app. Links in mails begin with it, and forms are taken from nowhere else. */
  abstract readonly publicUrl: string;
  abstract readonly databaseUrl: string;
  /** Undefined: the framework says what to do about it. */
  abstract readonly secret: string | undefined;
  abstract readonly isProduction: boolean;
  /** Whether a password lets in at once whoever registers, or when the address is confirmed. */
  abstract readonly registration: 'immediate' | 'confirm-first';
  /** What rooms read under names of their own. */
  abstract readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A start that failed, in one line for whoever started the app. */
export class CannotStart extends Error {}

/** Git-ignored. What is in it outlives a restart, and so does everybody's sign-in. */
const FOLDER = 'sample-app/.data';

/** @throws {CannotStart} */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { NODE_ENV, ADAPTER, PORT = '3000', LOCAL_ID_PORT, ACME_PORT, DATABASE_URL, AUTH_SECRET, REGISTRATION } = env;
  const isProduction = NODE_ENV === 'production';
  return {
    adapter: adapterOf(ADAPTER),
    port: portOf('PORT', PORT),
    localIdPort: portOf('LOCAL_ID_PORT', LOCAL_ID_PORT ?? String(Number(PORT) + 1)),
    acmePort: portOf('ACME_PORT', ACME_PORT ?? String(Number(PORT) + 2)),
    publicUrl: `http://localhost:${PORT}`,
    databaseUrl: DATABASE_URL ?? `file:${ownFile('app.db')}`,
    secret: AUTH_SECRET ?? (isProduction ? undefined : developmentSecret()),
    isProduction,
    registration: registrationOf(REGISTRATION),
    variables: env,
  };
}

function adapterOf(text = 'express'): Settings['adapter'] {
  if (text === 'express' || text === 'fastify') return text;
  throw new CannotStart('ADAPTER must be express or fastify');
}

function registrationOf(text = 'immediate'): Settings['registration'] {
  if (text === 'immediate' || text === 'confirm-first') return text;
  throw new CannotStart('REGISTRATION must be immediate or confirm-first');
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (/^[1-9]\d*$/.test(text) && port <= 65_535) return port;
  throw new CannotStart(`${name} must be a number from 1 to 65535`);
}

/** Made at the first start. Production has no such thing: there the secret comes from where secrets are kept. */
function developmentSecret(): string {
  const path = ownFile('secret');
  if (!existsSync(path)) writeFileSync(path, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8');
}

function ownFile(name: string): string {
  mkdirSync(FOLDER, { recursive: true });
  return `${FOLDER}/${name}`;
}
