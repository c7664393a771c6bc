import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { compactVerify, jwtVerify, type JWTVerifyOptions } from 'jose';

import { checkSecrets, Secret } from '../../lib/secrets/index.js';
import { KeyRing, readSigningKeys, type SigningAlgorithm } from '../../lib/tokens/index.js';
import { AUDIENCE, goodClaims, ISSUER, newSecret, refusalOf, signClaims, START } from './kit.js';
import { testClock, TYPE, userKeys, userTokens } from './kit.js';
import { editedToken, mutations, type Forge, type Verdict } from './mutations.js';
import { Random } from './random.js';
import { jwkOf, newKey } from './signing-kit.js';

const SEED = 20_260_115;
const BATCH = 500;

/**
 * How many tokens. Of HS256 some one in nineteen is good as it is, so more than 200,000 are not; the others take longer, and have the way
 * to the signature in common with it.
 */
const RUNS: readonly { readonly algorithm: SigningAlgorithm; readonly count: number }[] = [
  { algorithm: 'HS256', count: 220_000 },
  { algorithm: 'ES256', count: 20_000 },
  { algorithm: 'EdDSA', count: 15_000 },
  { algorithm: 'RS256', count: 8_000 },
];

/** Our side and jose's, with the same two keys. */
async function sidesOf(algorithm: SigningAlgorithm) {
  const pairs = algorithm === 'HS256' ? [] : [newKey(algorithm), newKey(algorithm)];
  const { keys: signing } = await readSigningKeys({ algorithm, keys: pairs.length > 0 ? pairs.map(jwkOf) : undefined });
  const ring = new KeyRing([newSecret(), newSecret()], signing);
  const keys = userKeys(ring);
  const [, older = keys.signing] = keys.byKid.values();
  const foreignKey = algorithm === 'HS256' ? createSecretKey(Buffer.alloc(32, 'f')) : newKey(algorithm);
  const { kid, key } = keys.signing;
  const forge: Forge = { alg: algorithm, kid, key, olderKid: older.kid, olderKey: older.key, foreignKey };
  const named = new Map([...keys.byKid].map(([name, own]) => [name, verifying(own.key)]));
  return { forge, tokens: userTokens(ring, testClock()), named };
}

function verifying(key: KeyObject): KeyObject {
  return key.type === 'secret' ? key : createPublicKey(key);
}

/** jose as an app would call it, with everything pinned that it has an option for. */
async function joseAccepts(token: string, algorithm: string, keys: ReadonlyMap<string, KeyObject>): Promise<boolean> {
  const options: JWTVerifyOptions = {
    algorithms: [algorithm],
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: TYPE,
    currentDate: START,
    clockTolerance: 5,
  };
  try {
    await jwtVerify(token, ({ kid }) => keyNamed(keys, kid), options);
    return true;
  } catch {
    return false;
  }
}

function keyNamed(keys: ReadonlyMap<string, KeyObject>, kid: unknown): KeyObject {
  const found = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (found === undefined) throw new Error('unknown kid');
  return found;
}

interface Sample {
  readonly name: string;
  readonly verdict: Verdict;
  readonly token: string;
}

function sampleOf(index: number, random: Random, forge: Forge): Sample {
  // Every other token is one of a known fault; the rest are edited at random.
  const mutation = index % 2 === 0 ? mutations[(index / 2) % mutations.length] : undefined;
  if (mutation !== undefined) return { name: mutation[0], verdict: mutation[1], token: mutation[2](forge, random) };
  const { token, original } = editedToken(forge, random);
  return { name: 'edited', verdict: token === original ? 'both' : 'strict', token };
}

describe.each(RUNS)('$algorithm against jose', ({ algorithm, count: total }) => {
  const wrong: string[] = [];
  const seen = new Map<string, { tokens: number; jose: number; ours: number }>();
  let sides: Awaited<ReturnType<typeof sidesOf>>;
  beforeAll(async () => {
    sides = await sidesOf(algorithm);
  });

  function judge({ name, verdict, token }: Sample, jose: boolean, ours: boolean): void {
    const counts = seen.get(name) ?? { tokens: 0, jose: 0, ours: 0 };
    seen.set(name, { tokens: counts.tokens + 1, jose: counts.jose + Number(jose), ours: counts.ours + Number(ours) });
    const right = ours === (verdict === 'both') && (!ours || jose) && !(jose && verdict === 'neither');
    if (!right) wrong.push(`${name}: jose ${jose}, ours ${ours}: ${JSON.stringify(token)}`);
  }

  it('[RFC 7515 5.2] accepts none of so many tokens that jose refuses, and exactly the good ones', async () => {
    const random = new Random(SEED);
    const { forge, tokens, named } = sides;
    for (let start = 0; start < total; start += BATCH) {
      const samples = Array.from({ length: BATCH }, (_, index) => sampleOf(start + index, random, forge));
      const jose = await Promise.all(samples.map(({ token }) => joseAccepts(token, algorithm, named)));
      const ours = samples.map(({ token }) => refusalOf(() => tokens.verify(token)) === null);
      samples.forEach((sample, index) => judge(sample, jose[index] === true, ours[index] === true));
    }

    const mutated = [...seen.values()].reduce((sum, { tokens: count, ours }) => sum + count - ours, 0);
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(mutated).toBeGreaterThanOrEqual((total * 10) / 11);
  }, 400_000); // some 30 s on an idle machine for HS256, 10 for each of the others

  it.each(mutations.map(([name, verdict]) => ({ name, verdict })))(
    'met tokens: $name ($verdict)',
    ({ name, verdict }) => {
      const { tokens: count, jose, ours } = seen.get(name) ?? { tokens: 0, jose: 0, ours: 0 };

      expect(count).toBeGreaterThan(total / 220);
      expect(ours).toBe(verdict === 'both' ? count : 0);
      if (verdict === 'both') expect(jose).toBe(count);
      if (verdict === 'strict') expect(jose).toBeGreaterThan(0);
      if (verdict === 'neither') expect(jose).toBe(0);
    },
  );

  it('met edits that jose lets pass, and edits that changed nothing', () => {
    const { tokens: count, jose, ours } = seen.get('edited') ?? { tokens: 0, jose: 0, ours: 0 };

    expect(count).toBeGreaterThan(total / 3);
    expect(jose).toBeGreaterThan(ours);
    expect(ours).toBeGreaterThan(0);
  });
});

it('[RFC 8725 3.5] refuses a short secret, which jose signs and verifies with', async () => {
  const { forge, tokens } = await sidesOf('HS256');
  const short = createSecretKey(Buffer.from('k'));
  const token = signClaims(short, { alg: 'HS256', typ: TYPE, kid: forge.kid }, goodClaims());

  expect((await compactVerify(token, short)).protectedHeader.alg).toBe('HS256');
  expect(refusalOf(() => tokens.verify(token))).toBe('bad_signature');
  expect(checkSecrets([new Secret('k')], 'secrets').map(({ wrong: text }) => text)).toContain(
    'is shorter than 32 bytes',
  );
});
