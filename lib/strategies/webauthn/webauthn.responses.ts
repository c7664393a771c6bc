import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { InvalidInput } from '../../errors/index.js';
import type { JsonObject } from '../../strategy/index.js';

/** WebAuthn §7.1 step 25: of 1,023 bytes in base64url. */
const MAX_ID_CHARS = 1364;
/** WebAuthn §5.8.4, those that there are: a browser's other words are left out. */
const TRANSPORTS: ReadonlySet<unknown> = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** What the browser says of the ceremony: it is what gets signed (WebAuthn §5.8.1). */
export interface ClientData {
  readonly type: unknown;
  readonly challenge: unknown;
  readonly origin: unknown;
  readonly crossOrigin: unknown;
  readonly topOrigin: unknown;
}

/**
 * What `navigator.credentials.create()` answered, as `toJSON()` writes it. What is not in here is not looked at.
 *
 * @throws {InvalidInput}
 */
export function registrationIn(credential: JsonObject): RegistrationResponseJSON {
  const { id, response } = envelopeIn(credential);
  const [clientDataJSON, attestationObject] = [
    base64urlIn(response, 'clientDataJSON'),
    base64urlIn(response, 'attestationObject'),
  ];
  return { ...envelope(id), response: { clientDataJSON, attestationObject } };
}

/** Of the same, how browsers reach the authenticator. A hint: it is not signed. */
export function transportsIn({ response }: JsonObject): readonly string[] {
  const told = isObject(response) ? response['transports'] : undefined;
  if (!Array.isArray(told)) return [];
  return [...TRANSPORTS].map(String).filter((transport) => told.includes(transport));
}

/**
 * What `navigator.credentials.get()` answered.
 *
 * @throws {InvalidInput}
 */
export function assertionIn(credential: JsonObject): AuthenticationResponseJSON {
  const { id, response } = envelopeIn(credential);
  const { userHandle } = response;
  const signed = {
    clientDataJSON: base64urlIn(response, 'clientDataJSON'),
    authenticatorData: base64urlIn(response, 'authenticatorData'),
    signature: base64urlIn(response, 'signature'),
  };
  // Authenticators leave it out, or say null, where they do not know their owner.
  if (userHandle === undefined || userHandle === null) return { ...envelope(id), response: signed };
  return { ...envelope(id), response: { ...signed, userHandle: base64urlIn(response, 'userHandle') } };
}

/** @throws {InvalidInput} */
export function clientDataIn(clientDataJSON: string): ClientData {
  const text = Buffer.from(clientDataJSON, 'base64url').toString();
  const { type, challenge, origin, crossOrigin, topOrigin } = objectIn(text);
  return { type, challenge, origin, crossOrigin, topOrigin };
}

function envelope(id: string) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;
}

function envelopeIn(credential: JsonObject): { readonly id: string; readonly response: JsonObject } {
  const { rawId, type, response } = credential;
  const id = base64urlIn(credential, 'id');
  if (id.length > MAX_ID_CHARS || rawId !== id || type !== 'public-key' || !isObject(response)) return refuse();
  return { id, response };
}

/** In its one spelling: a credential id is looked up as text. */
function base64urlIn(object: JsonObject, name: string): string {
  const value = object[name];
  const isCanonical = typeof value === 'string' && Buffer.from(value, 'base64url').toString('base64url') === value;
  return isCanonical && value !== '' ? value : refuse();
}

function objectIn(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : refuse();
  } catch {
    return refuse();
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(): never {
  throw InvalidInput.of('credential', 'invalid', 'is not what a passkey answers');
}
