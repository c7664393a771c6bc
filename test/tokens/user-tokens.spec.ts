import { describe, expect, it } from '@jest/globals';

import type { Secret } from '../../lib/secrets/index.js';
import { addSeconds } from '../../lib/time/index.js';
import { KeyRing, UserTokens } from '../../lib/tokens/index.js';
import {
  AUDIENCE,
  goodClaims,
  ISSUER,
  LIFETIME_SECONDS,
  newSecret,
  refusalOf,
  signClaims,
  signRaw,
  START,
  START_SECONDS,
  subject,
  testClock,
  TYPE,
  userKeys,
  userTokens,
} from './kit.js';

const ring = new KeyRing([newSecret()]);
const { signing } = userKeys(ring);
const header = { alg: 'HS256', typ: TYPE, kid: signing.kid };
const forge = (claims: Record<string, unknown>) => signClaims(signing.key, header, claims);

const reasonAt = (claims: Record<string, unknown>, clock = testClock()) =>
  refusalOf(() => userTokens(ring, clock).verify(forge(claims)));

const from = (seconds: number) => ({ iat: START_SECONDS + seconds, nbf: START_SECONDS + seconds });
const tokensOf = (...secrets: readonly Secret[]) => userTokens(new KeyRing(secrets), testClock());

const signIn = {
  subject: subject('1'),
  signInId: 'sign-in-1',
  tenant: null,
  issuedAt: START,
  expiresAt: addSeconds(START, LIFETIME_SECONDS),
  claims: {},
};

describe('the token of a sign-in', () => {
  it('says what it was issued with', () => {
    const tokens = userTokens(ring, testClock());
    const inTenant = { ...signIn, tenant: 'acme' };

    expect(tokens.verify(tokens.issue(signIn))).toEqual({ ...signIn, sealed: null });
    expect(tokens.verify(tokens.issue(inTenant))).toEqual({ ...inTenant, sealed: null });
    expect(tokens.verify(tokens.issue({ ...signIn, sealed: 'x' }))).toEqual({ ...signIn, sealed: 'x' });
    expect(userTokens(ring, testClock()).verify(forge(goodClaims()))).toEqual({ ...signIn, sealed: null });
  });

  it('says its tenant, and where there are no tenants nothing of one', () => {
    const tokens = userTokens(ring, testClock());
    const claimsOf = (tenant: string | null): unknown =>
      JSON.parse(Buffer.from(tokens.issue({ ...signIn, tenant }).split('.')[1] ?? '', 'base64url').toString());

    expect(claimsOf('acme')).toMatchObject({ tenant: 'acme' });
    expect(claimsOf(null)).not.toHaveProperty('tenant');
  });

  it('carries claims of the app, which cannot replace ours', () => {
    const tokens = userTokens(ring, testClock());
    const payload = tokens.issue({ ...signIn, claims: { role: 'admin' } }).split('.')[1] ?? '';

    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ role: 'admin', sub: 'user?id=1' });
    for (const name of [
      'iss',
      'aud',
      'sub',
      'jti',
      'iat',
      'nbf',
      'exp',
      'purpose',
      'tenant',
      'sealed',
      'cnf',
      'act',
      'amr',
    ]) {
      expect(() => tokens.issue({ ...signIn, claims: { [name]: 'x' } })).toThrow(RangeError);
    }
  });

  it('hands out the claims of the app as they are in it, for reading alone', () => {
    const tokens = userTokens(ring, testClock());
    const claims = { role: 'admin', teams: [{ id: 1 }], __proto__: null };
    const facts = tokens.verify(tokens.issue({ ...signIn, claims }));

    expect(facts.claims).toEqual({ role: 'admin', teams: [{ id: 1 }] });
    expect(tokens.verify(forge({ ...goodClaims(), role: 'x' })).claims).toEqual({ role: 'x' });
    expect(() => Object.assign(facts.claims, { role: 'owner' })).toThrow(TypeError);
    expect(Object.isFrozen(Reflect.get(facts.claims, 'teams'))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a list', ['a']],
    ['a text', 'role'],
    ['null', null],
    ['a function', () => undefined],
    ['what says something else as JSON', { role: 'user', toJSON: () => ({ sub: 'user?id=2' }) }],
    ['what is no object as JSON', { toJSON: () => 'text' }],
    ['a large number', { id: 1n }],
    ['more than 2,048 bytes', { text: 'ä'.repeat(1024) }],
  ])('carries nothing else than an object of JSON: %s', (_name, claims) => {
    // @ts-expect-error whoever writes JavaScript is told
    expect(() => userTokens(ring, testClock()).issue({ ...signIn, claims })).toThrow(/claim|BigInt/);
  });

  it('is not issued for longer than any check would accept', () => {
    const tokens = userTokens(ring, testClock());

    expect(() => tokens.issue({ ...signIn, expiresAt: addSeconds(START, LIFETIME_SECONDS + 1) })).toThrow(RangeError);
    expect(() => tokens.issue({ ...signIn, expiresAt: START })).toThrow(RangeError);
    expect(() => tokens.issue({ ...signIn, expiresAt: new Date(Number.NaN) })).toThrow(RangeError);
  });

  it('never ends later than it was asked to, and is whole when times have fractions', () => {
    const clock = testClock(new Date(START.getTime() + 900));
    const tokens = userTokens(ring, clock);
    const expiresAt = addSeconds(clock.now(), LIFETIME_SECONDS);

    const facts = tokens.verify(tokens.issue({ ...signIn, issuedAt: clock.now(), expiresAt }));

    expect(facts.issuedAt).toEqual(START);
    expect(facts.expiresAt).toEqual(addSeconds(START, LIFETIME_SECONDS));
  });
});

describe('claims', () => {
  const names = Object.keys(goodClaims());

  it.each(names)('[ASVS 9.2.1] refuses a token without %s', (name) => {
    const { [name]: _, ...claims } = goodClaims();
    expect(reasonAt(claims)).toBe(`missing_${name}`);
  });

  const texts = ['iss', 'aud', 'sub', 'jti', 'purpose'];
  const notTexts = [null, 1, true, '', [], ['my-app/user'], {}, '\uD800'];
  it.each(texts.flatMap((name) => notTexts.map((value) => ({ name, value }))))(
    '[RFC 8725 3.7] [ASVS 1.5.3] refuses $value as $name',
    ({ name, value }) => {
      expect(reasonAt({ ...goodClaims(), [name]: value })).toBe(`mistyped_${name}`);
    },
  );

  const notTimes = [null, '1893456000', true, [], START_SECONDS + 0.5, -1, 2 ** 53, 1e300];
  it.each(['iat', 'nbf', 'exp'].flatMap((name) => notTimes.map((value) => ({ name, value }))))(
    '[ASVS 9.2.1] refuses $value as $name',
    ({ name, value }) => {
      expect(reasonAt({ ...goodClaims(), [name]: value })).toBe(`mistyped_${name}`);
    },
  );

  it.each([null, 1, '', true, [], {}])('refuses %j as tenant', (tenant) => {
    expect(reasonAt({ ...goodClaims(), tenant })).toBe('mistyped_tenant');
  });

  it('[ASVS 9.2.1] refuses a time that JSON calls infinite', () => {
    const payload = JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e999');
    const token = signRaw(signing.key, JSON.stringify(header), payload);
    expect(refusalOf(() => userTokens(ring, testClock()).verify(token))).toBe('mistyped_exp');
  });

  it.each([
    ['iss', 'https://app.example/', 'wrong_issuer'],
    ['aud', 'my-app/admin', 'wrong_audience'],
    ['aud', 'My-app/user', 'wrong_audience'],
    ['purpose', 'magic-link:sign-in', 'wrong_purpose'],
    ['purpose', 'User', 'wrong_purpose'],
    ['sub', 'user', 'bad_subject'],
    ['sub', '?id=1', 'bad_subject'],
  ])('[ASVS 9.2.3] refuses %s %j', (name, value, reason) => {
    expect(reasonAt({ ...goodClaims(), [name]: value })).toBe(reason);
  });

  it('[ASVS 10.3.5] refuses a token bound to a key of its holder', () => {
    expect(reasonAt({ ...goodClaims(), cnf: { jkt: 'x' } })).toBe('bound_to_key');
    expect(reasonAt({ ...goodClaims(), cnf: null })).toBe('bound_to_key');
  });

  it('[ASVS 9.2.1] allows clocks to be 5 seconds apart and no more', () => {
    const exp = START_SECONDS + 100;

    expect(reasonAt({ ...goodClaims(), ...from(5), exp })).toBeNull();
    expect(reasonAt({ ...goodClaims(), ...from(6), exp })).toBe('issued_in_future');
    expect(reasonAt({ ...goodClaims(), nbf: START_SECONDS + 6 })).toBe('not_yet_valid');
  });

  it('[ASVS 9.2.1] refuses a token that lives longer than tokens do', () => {
    expect(reasonAt({ ...goodClaims(), exp: START_SECONDS + LIFETIME_SECONDS + 1 })).toBe('lifetime_too_long');
    expect(reasonAt({ ...goodClaims(), iat: 0 })).toBe('lifetime_too_long');
    expect(reasonAt({ ...goodClaims(), iat: START_SECONDS + 5, exp: START_SECONDS + 5 })).toBe('lifetime_not_positive');
  });

  it('lets nothing pass by a clock or a lifetime that is no number', () => {
    const maxLifetimeSeconds = Number.NaN;
    const facts = { ring, issuer: ISSUER, audience: AUDIENCE, clock: testClock(), maxLifetimeSeconds };

    expect(reasonAt(goodClaims(), testClock(new Date(Number.NaN)))).toBe('issued_in_future');
    expect(refusalOf(() => new UserTokens(facts).verify(forge(goodClaims())))).toBe('lifetime_too_long');
  });

  it('[ASVS 9.2.1] refuses a token from the moment it expires', () => {
    const clock = testClock();
    clock.advance(LIFETIME_SECONDS - 1);
    expect(reasonAt(goodClaims(), clock)).toBeNull();
    clock.advance(1);
    expect(reasonAt(goodClaims(), clock)).toBe('expired');
  });
});

describe('the cache of verified tokens', () => {
  it('does not outlive the token', () => {
    const clock = testClock();
    const tokens = userTokens(ring, clock);
    const token = tokens.issue(signIn);
    const verify = () => refusalOf(() => tokens.verify(token));

    expect([verify(), verify()]).toEqual([null, null]);
    clock.advance(LIFETIME_SECONDS);
    expect(verify()).toBe('expired');
  });

  it('does not make a token good before its time', () => {
    const clock = testClock();
    const tokens = userTokens(ring, clock);
    const token = forge({ ...goodClaims(), nbf: START_SECONDS + 60 });
    const verify = () => refusalOf(() => tokens.verify(token));

    expect([verify(), verify()]).toEqual(['not_yet_valid', 'not_yet_valid']);
    clock.advance(60);
    expect(verify()).toBeNull();
    clock.advance(-60);
    expect(verify()).toBe('not_yet_valid');
  });

  it('checks what the claims say at each hit', () => {
    const tokens = userTokens(ring, testClock());
    for (const wrong of [{ aud: 'my-app/admin' }, { purpose: 'x' }, { iss: 'x' }, { sub: 'user' }]) {
      const token = forge({ ...goodClaims(), ...wrong });
      const reasons = [1, 2, 3].map(() => refusalOf(() => tokens.verify(token)));
      expect(reasons[0]).not.toBeNull();
      expect(new Set(reasons).size).toBe(1);
    }
  });

  it('keeps no token by its facts: a copy with another signature is refused', () => {
    const tokens = userTokens(ring, testClock());
    const token = tokens.issue(signIn);
    tokens.verify(token);

    expect(refusalOf(() => tokens.verify(`${token.slice(0, -3)}AAA`))).toMatch(/bad_signature|malformed/);
    expect(refusalOf(() => tokens.verify(`${token}=`))).toBe('malformed');
  });

  it('hands out dates that nobody else has', () => {
    const tokens = userTokens(ring, testClock());
    const token = tokens.issue(signIn);

    tokens.verify(token).expiresAt.setTime(0);

    expect(tokens.verify(token)).toEqual({ ...signIn, sealed: null });
  });

  it('answers the same for more tokens than it holds', () => {
    const tokens = userTokens(ring, testClock());
    const issued = Array.from({ length: 1500 }, (_, id) => tokens.issue({ ...signIn, signInId: `s${id}` }));
    for (const round of [1, 2]) {
      issued.forEach((token, id) => expect([round, tokens.verify(token).signInId]).toEqual([round, `s${id}`]));
    }
  });
});

describe('resources', () => {
  it('[ASVS 9.2.3] do not accept the tokens of each other, even with equal subjects', () => {
    const admins = userTokens(ring, testClock(), 'my-app/admin');
    const token = userTokens(ring, testClock()).issue(signIn);

    expect(refusalOf(() => admins.verify(token))).toBe('bad_signature');
  });
});

describe('a secret that is exchanged', () => {
  const [first, second, third] = [newSecret(), newSecret(), newSecret()];
  const token = tokensOf(first).issue(signIn);

  it('[ASVS 11.6.1] leaves tokens of the one before alive until that is taken out', () => {
    expect(refusalOf(() => tokensOf(second, first).verify(token))).toBeNull();
    expect(refusalOf(() => tokensOf(third, second, first).verify(token))).toBeNull();
    expect(refusalOf(() => tokensOf(third, second).verify(token))).toBe('unknown_key');
    expect(refusalOf(() => tokensOf(second).verify(token))).toBe('unknown_key');
  });

  it('[ASVS 11.6.1] signs with the newest, which processes with the old ring refuse', () => {
    const fresh = tokensOf(second, first).issue(signIn);

    expect(refusalOf(() => tokensOf(second).verify(fresh))).toBeNull();
    expect(refusalOf(() => tokensOf(first).verify(fresh))).toBe('unknown_key');
  });
});
