import type { AuthTestApp } from 'nest-auth-plug/testing';
import { AUTH_CORE, type AuthCore } from '../../../lib/activities/index.js';
import { keyUri, randomSeed } from '../../../lib/strategies/totp/totp.codes.js';
import { totpSeedsModel } from '../../../lib/strategies/totp/totp.rows.js';
import { RoomVault } from '../../../lib/tokens/index.js';
import { Phone } from './totp-app.js';

/** An enrolled app of a user who was never here: for tests in which nobody can sign in to enrol. */
export async function sealedFor(app: AuthTestApp, id: string): Promise<Phone> {
  const { ring } = app.nest.get<AuthCore>(AUTH_CORE, { strict: false }).services;
  const [seed, subject, audience] = [randomSeed(), app.service.userToSubject({ id }, 'user'), 'test-app:user'];
  const about = { table: totpSeedsModel.table, column: 'seed', owner: subject };
  const vault = new RoomVault({ ring, audience, room: 'totp', tenant: null });
  const now = app.clock.now();
  await app.data.forTenant('').insert(totpSeedsModel, {
    audience: `${audience}:totp`,
    subject,
    state: 'active',
    seed: vault.seal(about, Buffer.from(seed).toString('base64url')),
    lastStep: 0,
    epoch: 0,
    createdAt: now,
    confirmedAt: now,
    expiresAt: null,
  });
  return new Phone(app, keyUri({ issuer: 'Acme', account: '' }, seed));
}
