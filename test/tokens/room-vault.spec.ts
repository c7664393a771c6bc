import { describe, expect, it } from '@jest/globals';

import { KeyRing, RoomVault, type RoomVaultOptions } from '../../lib/tokens/index.js';
import { newSecret } from './kit.js';

const [secret, newerSecret] = [newSecret(), newSecret()];
const about = { table: 'seeds', column: 'seed', owner: 'user?id=1' };

function vault(changes: Partial<RoomVaultOptions> = {}): RoomVault {
  return new RoomVault({ ring: new KeyRing([secret]), audience: 'app:user', room: 'totp', tenant: null, ...changes });
}

describe('the vault of a room', () => {
  it('[ASVS 11.3.4] opens what it sealed, and seals nothing twice alike', () => {
    const [one, other] = [vault().seal(about, 'a seed'), vault().seal(about, 'a seed')];

    expect(one).not.toBe(other);
    expect(vault().open(about, one)).toEqual({ plain: 'a seed', resealed: null });
    expect(vault().open(about, other)).toEqual({ plain: 'a seed', resealed: null });
  });

  it.each([
    ['owner', { ...about, owner: 'user?id=2' }, {}],
    ['column', { ...about, column: 'other' }, {}],
    ['table', { ...about, table: 'others' }, {}],
    ['tenant', about, { tenant: 'acme' }],
    ['room', about, { room: 'oauth2' }],
    ['resource', about, { audience: 'app:admin' }],
    ['app, by its secrets', about, { ring: new KeyRing([newerSecret]) }],
  ])('[ASVS 11.3.3] opens nothing for another %s', (_what, where, changes) => {
    const sealed = vault().seal(about, 'a seed');

    expect(vault(changes).open(where, sealed)).toBeNull();
  });

  it.each(['', 'a seed', 'AAAA', '='])('opens nothing that was never sealed: %j', (text) => {
    expect(vault().open(about, text)).toBeNull();
  });

  it('hands out what an older secret sealed, and the same under the newest', () => {
    const ring = new KeyRing([newerSecret, secret]);
    const opened = vault({ ring }).open(about, vault().seal(about, 'a seed'));
    const resealed = opened?.resealed ?? '';

    expect(opened?.plain).toBe('a seed');
    expect(vault().open(about, resealed)).toBeNull();
    expect(vault({ ring: new KeyRing([newerSecret]) }).open(about, resealed)?.plain).toBe('a seed');
  });
});
