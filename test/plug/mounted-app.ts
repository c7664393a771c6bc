import { authTestApp, Outbox, type AuthTestApp, type AuthTestAppOptions, type Client } from 'nest-auth-plug/testing';
import { Faults } from '../rooms/faults.js';
import { link } from '../rooms/link.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { PASSWORD, userResource, type User } from '../users.js';

export const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
export const RIGHT = { email: ADA.email, password: PASSWORD };

/** Where the routes are, below whatever stands in front of the plug. */
export const REGISTER = '/auth/user/password/register';
export const SIGN_IN = '/auth/user/password/sign-in';
export const LINK_REQUEST = '/auth/user/link/request';
export const LINK_PAGE = '/auth/user/link/sign-in';

export interface MountedApp {
  readonly app: AuthTestApp;
  readonly client: Client;
  /** The link that was mailed, asked for at the path below which the plug stands. */
  readonly linkFrom: (base: string) => Promise<URL>;
}

/** An app with passwords and mailed links. */
export async function mountedApp(options: Partial<AuthTestAppOptions> = {}): Promise<MountedApp> {
  const outbox = new Outbox();
  const { resource } = userResource(
    { strategies: [link<User>(outbox)] },
    { hashProvider: new PlainHash(new Faults()) },
  );
  const app = await authTestApp({ resources: [resource], ...options });
  const client = app.client();
  const linkFrom = async (base: string) => {
    await client.post(`${base}${LINK_REQUEST}`, { json: { email: ADA.email } });
    await app.idle();
    const { link: sent } = outbox.last(ADA.email);
    if (sent === undefined) throw new Error('Expected a message with a link');
    return sent;
  };
  return { app, client, linkFrom };
}
