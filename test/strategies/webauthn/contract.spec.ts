import { describe, it } from '@jest/globals';
import { webauthn } from 'nest-auth-plug/strategies/webauthn';
import { strategyContract, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { idOf, passkeysModel } from '../../../lib/strategies/webauthn/webauthn.rows.js';
import { Authenticator } from './authenticator.js';
import { ADA, begin, type User } from './passkeys-app.js';

const HANDLE = Buffer.alloc(64, 7).toString('base64url');

describe.each<Platform>(['express', 'fastify'])('webauthn on %s', (platform) => {
  const key = new Authenticator();
  const { checks } = strategyContract<User>({
    platform,
    strategy: () => webauthn<User>({ challengeBoundTo: 'holder' }),
    resource: { fields: { email: 'email' } },
    accounts: [{ id: '1', email: ADA }],
    prepare: (app) => keepPasskey(app, key),
    phase: 'sign-in',
    async input(app) {
      const { options, ceremony } = await begin(app.client(), 'sign-in');
      return { credential: key.get(options), ceremony };
    },
    oneTime: true,
    alike: [], // nothing names an account: see options-given.spec.ts
  });

  it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
});

/** As if it had been registered before: the checks count sign-ins. */
async function keepPasskey(app: AuthTestApp, key: Authenticator): Promise<void> {
  const { id, keys } = key.add('localhost', HANDLE);
  const credentialId = id.toString('base64url');
  await app.data.forTenant('').insert(passkeysModel, {
    id: idOf(credentialId),
    audience: 'test-app:user:webauthn',
    subject: 'user?id=1',
    credentialId,
    publicKey: keys.publicKey,
    userHandle: HANDLE,
    signCount: 0,
    name: 'Key ring',
    transports: 'usb',
    backupEligible: false,
    backedUp: false,
    aaguid: '00000000-0000-0000-0000-000000000000',
    createdAt: app.clock.now(),
    lastUsedAt: null,
  });
}
