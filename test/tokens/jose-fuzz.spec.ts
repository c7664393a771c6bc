import { createSecretKey } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { compactVerify, jwtVerify, type JWTVerifyOptions } from 'jose';

import { checkSecrets, Secret } from '../../lib/secrets/index.js';
import { KeyRing } from '../../lib/tokens/index.js';
import { AUDIENCE, goodClaims, ISSUER, newSecret, refusalOf, signClaims, START } from './kit.js';
import { testClock, TYPE, userKeys, userTokens } from './kit.js';
import { editedToken, mutations, type Forge, type Verdict } from './mutations.js';
import { Random } from './random.js';

const SEED = 20_260_115;
/** Some one in nineteen of them is good as it is, so more than 200,000 are not. */
const TOKENS = 220_000;
const BATCH = 500;

const ring = new KeyRing([newSecret(), newSecret()]);
const keys = userKeys(ring);
const [, older = keys.signing] = keys.byKid.values();
const tokens = userTokens(ring, testClock());
const forge: Forge = {
  kid: keys.signing.kid,
  key: keys.signing.key,
  olderKid: older.kid,
  olderKey: older.key,
  foreignKey: createSecretKey(Buffer.alloc(32, 'f')),
};

const weAccept = (token: string) => refusalOf(() => tokens.verify(token)) === null;

/** jose as an app would call it, with everything pinned that it has an option for. */
const options: JWTVerifyOptions = {
  algorithms: ['HS256'],
  issuer: ISSUER,
  audience: AUDIENCE,
  typ: TYPE,
  currentDate: START,
  clockTolerance: 5,
};

async function joseAccepts(token: string): Promise<boolean> {
  try {
    await jwtVerify(token, ({ kid }) => keyNamed(kid), options);
    return true;
  } catch {
    return false;
  }
}

function keyNamed(kid: unknown) {
  const found = typeof kid === 'string' ? keys.byKid.get(kid) : undefined;
  if (found === undefined) throw new Error('unknown kid');
  return found.key;
}

interface Sample {
  readonly name: string;
  readonly verdict: Verdict;
  readonly token: string;
}

function sampleOf(index: number, random: Random): Sample {
  // Every other token is one of a known fault; the rest are edited at random.
  const mutation = index % 2 === 0 ? mutations[(index / 2) % mutations.length] : undefined;
  if (mutation !== undefined) return { name: mutation[0], verdict: mutation[1], token: mutation[2](forge, random) };
  const { token, original } = editedToken(forge, random);
  return { name: 'edited', verdict: token === original ? 'both' : 'strict', token };
}

describe('against jose', () => {
  const wrong: string[] = [];
  const seen = new Map<string, { tokens: number; jose: number; ours: number }>();

  function judge({ name, verdict, token }: Sample, jose: boolean, ours: boolean): void {
    const counts = seen.get(name) ?? { tokens: 0, jose: 0, ours: 0 };
    seen.set(name, { tokens: counts.tokens + 1, jose: counts.jose + Number(jose), ours: counts.ours + Number(ours) });
    const right = ours === (verdict === 'both') && (!ours || jose) && !(jose && verdict === 'neither');
    if (!right) wrong.push(`${name}: jose ${jose}, ours ${ours}: ${JSON.stringify(token)}`);
  }

  it(`[RFC 7515 5.2] accepts none of ${TOKENS} tokens that jose refuses, and exactly the good ones`, async () => {
    const random = new Random(SEED);
    for (let start = 0; start < TOKENS; start += BATCH) {
      const samples = Array.from({ length: BATCH }, (_, index) => sampleOf(start + index, random));
      const jose = await Promise.all(samples.map(({ token }) => joseAccepts(token)));
      samples.forEach((sample, index) => judge(sample, jose[index] === true, weAccept(sample.token)));
    }

    const mutated = [...seen.values()].reduce((sum, { tokens: count, ours }) => sum + count - ours, 0);
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(mutated).toBeGreaterThanOrEqual(200_000);
  }, 400_000); // some 30 s on an idle machine

  it.each(mutations.map(([name, verdict]) => ({ name, verdict })))(
    'met tokens: $name ($verdict)',
    ({ name, verdict }) => {
      const { tokens: count, jose, ours } = seen.get(name) ?? { tokens: 0, jose: 0, ours: 0 };

      expect(count).toBeGreaterThan(1000);
      expect(ours).toBe(verdict === 'both' ? count : 0);
      if (verdict === 'both') expect(jose).toBe(count);
      if (verdict === 'strict') expect(jose).toBeGreaterThan(0);
      if (verdict === 'neither') expect(jose).toBe(0);
    },
  );

  it('met edits that jose lets pass, and edits that changed nothing', () => {
    const { tokens: count, jose, ours } = seen.get('edited') ?? { tokens: 0, jose: 0, ours: 0 };

    expect(count).toBeGreaterThan(TOKENS / 3);
    expect(jose).toBeGreaterThan(ours);
    expect(ours).toBeGreaterThan(0);
  });

  it('[RFC 8725 3.5] refuses a short secret, which jose signs and verifies with', async () => {
    const short = createSecretKey(Buffer.from('k'));
    const token = signClaims(short, { alg: 'HS256', typ: TYPE, kid: forge.kid }, goodClaims());

    expect((await compactVerify(token, short)).protectedHeader.alg).toBe('HS256');
    expect(weAccept(token)).toBe(false);
    expect(checkSecrets([new Secret('k')], 'secrets').map(({ wrong: text }) => text)).toContain(
      'is shorter than 32 bytes',
    );
  });
});
