/** The app as a provider knows it. */
export interface ProviderClient {
  readonly id: string;
  /** Null for a public client. */
  readonly secret: string | null;
  /** Whether another secret is one, such as a token that the app makes. @default none is */
  readonly takes?: ((secret: string) => boolean) | undefined;
}

/**
 * Whether a token request comes from the app: by `client_secret_basic`, `client_secret_post` or, for a public client, `none`. An
 * assertion (`client_secret_jwt`, `private_key_jwt`) is taken as it is: its signature is not looked at here.
 */
export function isClient(client: ProviderClient, parameters: URLSearchParams, authorization?: string): boolean {
  const { id, secret, takes } = client;
  if (parameters.has('client_assertion')) return subjectOf(parameters.get('client_assertion') ?? '') === id;
  const [name, shown] = authorization?.startsWith('Basic ')
    ? basic(authorization.slice('Basic '.length))
    : [parameters.get('client_id'), parameters.get('client_secret')];
  return name === id && (shown === secret || takes?.(shown ?? '') === true);
}

/** RFC 6749 §2.3.1: both parts are form-encoded. */
function basic(credentials: string): readonly (string | null)[] {
  const [name = '', secret = ''] = Buffer.from(credentials, 'base64').toString().split(':');
  const decoded = new URLSearchParams(`name=${name}&secret=${secret}`);
  return [decoded.get('name'), decoded.get('secret')];
}

function subjectOf(assertion: string): unknown {
  const [, payload = ''] = assertion.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : null;
  } catch {
    return null;
  }
}
