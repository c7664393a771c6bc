import assert from 'node:assert/strict';
import type { ClientAnswer } from '../client.js';
import { comparable } from './comparable.js';
import type { AlikeInputs, StrategyContractOptions } from './strategy-options.js';
import { inWorld, type StrategyWorld } from './strategy-world.js';

/** One check of the contract. */
export interface StrategyCheck {
  readonly name: string;
  /** Rejects when the strategy does not hold it. Starts an app of its own, and closes it. */
  run(): Promise<void>;
}

/** A list of checks for any test runner. */
export interface StrategyContract {
  readonly checks: readonly StrategyCheck[];
}

const PARALLEL = 50;
/** How often each of two alike requests is sent, taking turns. The first of each is for what is made once. */
const ROUNDS = 4;

/**
 * What every strategy must do, in a small app over real HTTP: nobody is signed in whom the core would not let in, a secret that works once has
 * one winner, nobody learns which accounts there are, and following a link changes nothing.
 *
 * @example
 * const { checks } = strategyContract({ strategy: () => marty(), phase: 'sign-in', … });
 * for (const check of checks) it(check.name, () => check.run());
 */
export function strategyContract<U extends object>(options: StrategyContractOptions<U>): StrategyContract {
  const { alike, oneTime = false } = options;
  const world = (name: string, run: (world: StrategyWorld<U>) => Promise<void>): StrategyCheck => ({
    name,
    run: () => inWorld(options, run),
  });
  return {
    checks: [
      world('signs in by its input', signsIn),
      { name: 'signs nobody in whom `maySignIn` refuses', run: () => asksMaySignIn(options) },
      ...(oneTime ? [world('lets one of fifty have a secret that works once', hasOneWinner)] : []),
      ...alike.map((pair) =>
        world(`does the same and answers the same for known and unknown: ${pair.phase}`, (one) => isAlike(one, pair)),
      ),
      world('changes nothing on GET and HEAD', isSafe),
    ],
  };
}

async function signsIn<U extends object>(world: StrategyWorld<U>): Promise<void> {
  const answer = await world.signIn(await world.prepare());
  assert.equal(answer.status, 200, `\`input\` does not sign in: ${answer.status} ${answer.text}`);
  assert.equal((await world.signIns()).length, 1, 'there is not one sign-in');
}

/** Also that it is asked about the user that is stored, and no other that looks like one who may. */
async function asksMaySignIn<U extends object>(options: StrategyContractOptions<U>): Promise<void> {
  const asked: U[] = [];
  const refuse = (user: U): boolean => {
    asked.push(user);
    return false;
  };
  const run = async (world: StrategyWorld<U>): Promise<void> => {
    const answer = await world.signIn(await world.prepare());
    assertRefused(answer);
    assert.deepEqual(answer.setCookies.filter(gives), [], 'cookies were set');
    assert.deepEqual(await world.signIns(), [], 'there is a sign-in');
    for (const user of asked)
      assert.deepEqual(user, (await world.stored(user)) ?? user, 'the user is not as it is stored');
  };
  await inWorld(options, run, refuse);
}

/** A cookie that is taken away is worth nothing: that of a challenge, which is used up whatever comes of it. */
function gives(setCookie: string): boolean {
  return !/; Max-Age=0(;|$)/i.test(setCookie);
}

async function hasOneWinner<U extends object>(world: StrategyWorld<U>): Promise<void> {
  const prepared = await world.prepare();
  const before = (await world.accounts()).length;
  const answers = await world.race(PARALLEL, prepared);

  const winners = answers.filter(({ status }) => status === 200);
  assert.equal(winners.length, 1, `${winners.length} of ${PARALLEL} calls with one secret signed in`);
  for (const answer of answers) if (answer.status !== 200) assertRefused(answer);
  assert.equal((await world.signIns()).length, 1, 'there is not one sign-in');
  assert.ok((await world.accounts()).length <= before + 1, 'those who lost made accounts');
}

async function isAlike<U extends object>(world: StrategyWorld<U>, pair: AlikeInputs): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = await world.watched(() => world.post(pair.phase, pair.known));
    const unknown = await world.watched(() => world.post(pair.phase, pair.unknown));
    assert.deepEqual(comparable(known.answer), comparable(unknown.answer), 'the answers differ');
    if (round > 0) assert.deepEqual(known.work, unknown.work, 'the data layer is asked different things');
  }
}

async function isSafe<U extends object>(world: StrategyWorld<U>): Promise<void> {
  const prepared = await world.prepare();
  const texts = Object.fromEntries(Object.entries(prepared.input).map(([name, value]) => [name, String(value)]));
  const query = new URLSearchParams(texts).toString();
  const before = await world.rows();
  for (const path of world.paths) {
    for (const method of ['HEAD', 'GET']) {
      const answer = await world.app.client().request(method, `${path}?${query}`);
      await world.app.idle();
      assert.ok(answer.status < 500, `${method} ${path} answers ${answer.status}`);
      assert.deepEqual(await world.rows(), before, `${method} ${path} changed something`);
    }
  }
  assert.equal((await world.signIn(prepared)).status, 200, 'a GET or HEAD used the secret up');
}

function assertRefused({ status, text }: ClientAnswer): void {
  assert.ok(status >= 400 && status < 500, `answered ${status} instead of refusing: ${text}`);
}
