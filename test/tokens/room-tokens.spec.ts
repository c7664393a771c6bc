import { describe, expect, it } from '@jest/globals';

import { digest } from '../../lib/crypto/index.js';
import type { Subject } from '../../lib/resources/index.js';
import type { TokenAbout } from '../../lib/strategy/index.js';
import { KeyRing, tokensModel } from '../../lib/tokens/index.js';
import { newSecret, refusalOf, refusalOfAsync, START, START_SECONDS, signClaims, userTokens } from './kit.js';
import { roomVisit, type RoomVisit } from './room-kit.js';

const about = (subject: Subject | null, more: Partial<TokenAbout> = {}): TokenAbout => ({
  subject,
  subjectEpoch: 3,
  lifetimeSeconds: 600,
  ...more,
});

const issue = (visit: RoomVisit, purpose = 'reset', more: Partial<TokenAbout> = {}, tokens = visit.tokens) =>
  visit.data.transaction((tx) => tokens.issue(purpose, about(visit.ada, more), tx));
const spend = (visit: RoomVisit, token: string, purpose = 'reset', tokens = visit.tokens) =>
  visit.data.transaction((tx) => tokens.spend(purpose, token, tx));
const read = (visit: RoomVisit, token: string, purpose = 'reset', tokens = visit.tokens) => tokens.read(purpose, token);

describe('a one-time token', () => {
  it('says what it was issued with, when it is read and when it is spent', async () => {
    const visit = await roomVisit();
    const data = { email: 'ada@example.com', deep: [1, { a: null }] };

    const { token, id } = await issue(visit, 'reset', { data });

    const times = { issuedAt: START, expiresAt: new Date((START_SECONDS + 600) * 1000) };
    const facts = { id, subject: visit.ada, subjectEpoch: 3, ...times, data };
    expect(await read(visit, token)).toEqual(facts);
    expect(await read(visit, token)).toEqual(facts);
    expect(await spend(visit, token)).toEqual(facts);
  });

  it('may be about nobody', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit, 'confirm', {
      subject: null,
      subjectEpoch: 0,
      data: { email: 'new@example.com' },
    });

    const facts = await spend(visit, token, 'confirm');

    expect(facts).toMatchObject({ subject: null, subjectEpoch: 0, data: { email: 'new@example.com' } });
  });

  it('is stored without the JWT', async () => {
    const visit = await roomVisit();
    const { token, id } = await issue(visit);

    const row = await visit.data.findOne(tokensModel, { id });

    const [header, payload, signature] = token.split('.');
    for (const part of [token, header, payload, signature]) expect(JSON.stringify(row)).not.toContain(part);
  });

  it('[ASVS 7.2.3] [ASVS 11.5.1] has an id of 256 random bits', async () => {
    const visit = await roomVisit();
    const ids = await visit.data.transaction(async (tx) => {
      const issued = [];
      for (let count = 0; count < 50; count++) issued.push(await visit.tokens.issue('reset', about(null), tx));
      return issued.map(({ id }) => id);
    });

    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/);
  });

  it('is spent once', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);

    await spend(visit, token);

    expect(await refusalOfAsync(spend(visit, token))).toBe('spent');
    expect(await refusalOfAsync(read(visit, token))).toBe('spent');
  });

  it('is good again when the transaction that spent it is rolled back', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);
    const failing = visit.data.transaction(async (tx) => {
      await visit.tokens.spend('reset', token, tx);
      throw new RangeError('the new password is too short');
    });
    await expect(failing).rejects.toThrow(RangeError);

    expect(await refusalOfAsync(spend(visit, token))).toBeNull();
  });

  it('ends when its time is over', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);

    visit.clock.advance(599);
    expect(await refusalOfAsync(read(visit, token))).toBeNull();
    visit.clock.advance(1);
    expect(await refusalOfAsync(read(visit, token))).toBe('expired');
    expect(await refusalOfAsync(spend(visit, token))).toBe('expired');
  });

  it('is worth nothing without its row', async () => {
    const visit = await roomVisit();
    const { token, id } = await issue(visit);
    await visit.data.delete(tokensModel, { id });

    expect(await refusalOfAsync(read(visit, token))).toBe('unknown_token');
    expect(await refusalOfAsync(spend(visit, token))).toBe('spent');
  });

  it('is not issued for longer than any check would accept', async () => {
    const visit = await roomVisit();
    for (const lifetimeSeconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 7 * 24 * 3600 + 1]) {
      await expect(issue(visit, 'reset', { lifetimeSeconds })).rejects.toThrow(RangeError);
    }
  });
});

describe('a newer token', () => {
  it('voids the older ones of the same subject and purpose, and no others', async () => {
    const visit = await roomVisit();
    const first = await issue(visit);
    const other = await issue(visit, 'confirm');
    const nobodys = await issue(visit, 'reset', { subject: null });

    const second = await issue(visit);

    expect(await refusalOfAsync(spend(visit, first.token))).toBe('spent');
    expect(await refusalOfAsync(spend(visit, other.token, 'confirm'))).toBeNull();
    expect(await refusalOfAsync(spend(visit, nobodys.token))).toBeNull();
    expect(await refusalOfAsync(spend(visit, second.token))).toBeNull();
  });

  it('voids the older ones of the same topic and purpose, about whomever they are, and no others', async () => {
    const visit = await roomVisit();
    const topic = 'ada@example.com';
    const nobodys = await issue(visit, 'reset', { subject: null, topic });
    const otherTopic = await issue(visit, 'reset', { subject: null, topic: 'eve@example.com' });
    const otherPurpose = await issue(visit, 'confirm', { subject: null, topic });
    const admins = visit.room({ audience: 'my-app:admin' });
    const otherResource = await issue(visit, 'reset', { subject: null, topic }, admins);

    const adas = await issue(visit, 'reset', { topic });
    expect(await refusalOfAsync(spend(visit, nobodys.token))).toBe('spent');
    expect(await refusalOfAsync(read(visit, adas.token))).toBeNull();
    const nobodysAgain = await issue(visit, 'reset', { subject: null, topic });
    expect(await refusalOfAsync(spend(visit, adas.token))).toBe('spent');

    expect(await refusalOfAsync(spend(visit, nobodysAgain.token))).toBeNull();
    expect(await refusalOfAsync(spend(visit, otherTopic.token))).toBeNull();
    expect(await refusalOfAsync(spend(visit, otherPurpose.token, 'confirm'))).toBeNull();
    expect(await refusalOfAsync(spend(visit, otherResource.token, 'reset', admins))).toBeNull();
  });

  it('comes after one of the same topic that was spent, has expired or was voided for its subject', async () => {
    const visit = await roomVisit();
    const topic = 'ada@example.com';
    const next = () => issue(visit, 'reset', { subject: null, topic });
    await spend(visit, (await next()).token);
    await next();
    visit.clock.advance(601);
    await issue(visit, 'reset', { topic });
    await issue(visit);

    expect(await refusalOfAsync(spend(visit, (await next()).token))).toBeNull();
  });

  it('[ASVS 6.5.2] keeps of its topic a keyed digest', async () => {
    const visit = await roomVisit();
    const { id } = await issue(visit, 'reset', { subject: null, topic: 'ada@example.com' });

    const row = await visit.data.findOne(tokensModel, { id });
    expect(row?.['topic']).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(row)).not.toContain('ada@');
    expect(row?.['topic']).not.toBe(digest('ada@example.com'));
  });
});

describe('a token that nobody holds', () => {
  const id = 'an id that a flow has';

  it('is found by the id that it was given, and spent once by what was found', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit, 'reset', { id, data: { digest: 'x' } });

    const found = await visit.tokens.find('reset', id);
    expect(found).toEqual(await read(visit, token));
    expect(await visit.tokens.find('reset', id)).toEqual(found);
    const spendFound = () => visit.data.transaction((tx) => visit.tokens.spend('reset', found ?? '', tx));

    expect(await spendFound()).toEqual(found);
    expect(await refusalOfAsync(spendFound())).toBe('spent');
    expect(await visit.tokens.find('reset', id)).toBeNull();
  });

  it('is not found by another id, under another purpose or in another room, nor once it has expired or is void', async () => {
    const visit = await roomVisit();
    await issue(visit, 'reset', { id });
    const otherRoom = visit.room({ room: 'magic-link', purposes: ['reset'] });

    expect(await visit.tokens.find('reset', 'another')).toBeNull();
    expect(await visit.tokens.find('confirm', id)).toBeNull();
    expect(await otherRoom.find('reset', id)).toBeNull();
    await expect(visit.tokens.find('user', id)).rejects.toThrow('"user"');
    visit.clock.advance(599);
    expect(await visit.tokens.find('reset', id)).not.toBeNull();
    visit.clock.advance(1);
    expect(await visit.tokens.find('reset', id)).toBeNull();

    await issue(visit, 'confirm', { id: 'first' });
    await issue(visit, 'confirm', { id: 'second' });
    expect(await visit.tokens.find('confirm', 'first')).toBeNull();
  });

  it('is found whatever the epoch, and not spent under another one', async () => {
    const visit = await roomVisit();
    await issue(visit, 'reset', { id });
    await visit.raiseEpoch();

    const found = await visit.tokens.find('reset', id);
    const spending = visit.data.transaction((tx) => visit.tokens.spend('reset', found ?? '', tx));
    expect(await refusalOfAsync(spending)).toBe('credentials_changed');
  });
});

describe('when the credentials of a subject have changed', () => {
  it('no older token is good', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);

    await visit.raiseEpoch();

    expect(await refusalOfAsync(read(visit, token))).toBe('credentials_changed');
    expect(await refusalOfAsync(spend(visit, token))).toBe('credentials_changed');
  });

  it('none is issued for what was true before', async () => {
    const visit = await roomVisit();
    await visit.raiseEpoch();

    expect(await refusalOfAsync(issue(visit))).toBe('credentials_changed');
    expect(await refusalOfAsync(issue(visit, 'reset', { subjectEpoch: 4 }))).toBeNull();
  });

  it('no token of a subject that is gone is good', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);

    const gone = visit.room({ epochOf: async () => null });

    expect(await refusalOfAsync(read(visit, token, 'reset', gone))).toBe('credentials_changed');
  });
});

describe('[ASVS 9.2.2] a purpose', () => {
  it('opens no other one', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);
    const otherRoom = visit.room({ room: 'magic-link', purposes: ['reset'] });

    expect(await refusalOfAsync(spend(visit, token, 'confirm'))).toBe('bad_signature');
    expect(await refusalOfAsync(spend(visit, token, 'reset', otherRoom))).toBe('bad_signature');
    expect(await refusalOfAsync(spend(visit, token))).toBeNull();
  });

  it.each(['user', 'sign-in', '', 'Reset', 'password:reset'])(
    'that is not the own one, %j, is a bug',
    async (purpose) => {
      const visit = await roomVisit();
      const greedy = visit.room({ purposes: ['reset', 'user'] });
      const { token } = await issue(visit);
      for (const tokens of purpose === 'user' ? [visit.tokens, greedy] : [visit.tokens]) {
        for (const work of [
          issue(visit, purpose, {}, tokens),
          read(visit, token, purpose, tokens),
          spend(visit, token, purpose, tokens),
        ]) {
          await expect(work).rejects.toMatchObject({ name: 'Error', message: expect.stringContaining(`"${purpose}"`) });
        }
      }
    },
  );

  it('of a room is none for a sign-in, and the other way round', async () => {
    const visit = await roomVisit();
    const ring = new KeyRing([newSecret()]);
    const users = userTokens(ring, visit.clock);
    const room = visit.room({ ring });
    const { token } = await issue(visit, 'reset', {}, room);
    const [issuedAt, expiresAt] = [START, new Date(START.getTime() + 60_000)];
    const bearer = users.issue({ subject: visit.ada, signInId: 's', tenant: null, issuedAt, expiresAt });

    expect(refusalOf(() => users.verify(token))).toBe('wrong_type');
    expect(await refusalOfAsync(read(visit, bearer, 'reset', room))).toBe('wrong_type');
  });
});

describe('[ASVS 9.2.3] another resource, tenant or app', () => {
  it('accepts no token of this one', async () => {
    const visit = await roomVisit();
    const { token } = await issue(visit);

    expect(await refusalOfAsync(read(visit, token, 'reset', visit.room({ audience: 'my-app/admin' })))).toBe(
      'bad_signature',
    );
    expect(await refusalOfAsync(read(visit, token, 'reset', visit.room({ issuer: 'https://x.example' })))).toBe(
      'wrong_issuer',
    );
    const acme = visit.room({ tenant: 'acme', data: visit.layer.forTenant('acme') });
    expect(await refusalOfAsync(read(visit, token, 'reset', acme))).toBe('wrong_tenant');
  });
});

describe('a row that is not what the token says', () => {
  it.each([
    ['another subject', { subject: 'user?id=eve' }],
    ['no subject', { subject: null }],
    ['another purpose', { purpose: 'password:confirm' }],
  ])('is refused with %s', async (_name, changes) => {
    const visit = await roomVisit();
    const { token, id } = await issue(visit);
    await visit.data.update(tokensModel, { id }, changes);

    expect(await refusalOfAsync(read(visit, token))).toBe('unknown_token');
    expect(await refusalOfAsync(spend(visit, token))).not.toBeNull();
  });

  it('is refused when a right signature carries claims that nobody issued', async () => {
    const visit = await roomVisit();
    const ring = new KeyRing([newSecret()]);
    const room = visit.room({ ring });
    const { id } = await issue(visit, 'reset', {}, room);
    const { signing } = ring.keysFor(JSON.stringify(['room-token', 'my-app/user', 'password:reset']));
    const header = { alg: 'HS256', typ: 'one-time+jwt', kid: signing.kid };
    const times = { iat: START_SECONDS, nbf: START_SECONDS, exp: START_SECONDS + 60 };
    const ids = { iss: 'https://app.example', aud: 'my-app/user', jti: id, purpose: 'password:reset' };
    const forge = (sub: string) => signClaims(signing.key, header, { ...ids, ...times, sub });

    expect(await refusalOfAsync(read(visit, forge(visit.ada), 'reset', room))).toBeNull();
    expect(await refusalOfAsync(read(visit, forge('user?id=eve'), 'reset', room))).toBe('unknown_token');
    expect(await refusalOfAsync(read(visit, forge('my-app/user'), 'reset', room))).toBe('unknown_token');
  });
});
