import { describe, expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import { KeyRefresher, type KeysRead } from '../../lib/tokens/index.js';

function kit(read: () => Promise<KeysRead>) {
  const clock = new FakeClock();
  const log: string[] = [];
  const refresher = new KeyRefresher({
    sources: [{ where: 'secrets', read }],
    clock,
    intervalSeconds: 60,
    log: { error: (line) => log.push(`error ${line}`), info: (line) => log.push(`info ${line}`) },
  });
  const pass = async (seconds: number) => {
    clock.advance(seconds);
    await refresher.idle();
  };
  return { clock, log, refresher, pass };
}

const good = (take: () => boolean = () => true): KeysRead => ({ problems: [], take });
const weak = { where: 'secrets[0]', wrong: 'is shorter than 32 bytes', cure: 'a cure' };

describe('keys that are read again', () => {
  it('are asked for after each interval, and not before the first', async () => {
    let asked = 0;
    const { refresher, pass } = kit(async () => good(() => (asked += 1) < 0));
    await pass(1000);
    refresher.start();

    await pass(59);
    expect(asked).toBe(0);
    await pass(1);
    expect(asked).toBe(1);
    await pass(3600);
    expect(asked).toBe(2);
  });

  it('are told of once when they change, and not when they are the same', async () => {
    const changes = [false, true, false];
    const { refresher, pass, log } = kit(async () => good(() => changes.shift() ?? false));
    refresher.start();

    for (let round = 0; round < 4; round++) await pass(60);

    expect(log).toEqual(['info secrets: read again, and in force']);
  });

  it('are not taken where there is a problem, which is told once, until it is cured', async () => {
    const taken: number[] = [];
    const answers: (KeysRead | Error)[] = [
      { problems: [weak], take: () => taken.push(0) > 0 },
      { problems: [weak], take: () => taken.push(1) > 0 },
      new TypeError('password of the vault'),
      new TypeError('password of the vault'),
      good(() => taken.push(4) < 0),
      { problems: [weak], take: () => taken.push(5) > 0 },
    ];
    const { refresher, pass, log } = kit(async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? good();
    });
    refresher.start();

    for (let round = 0; round < 6; round++) await pass(60);

    expect(taken).toEqual([4]);
    const kept = 'The keys from before stay in force';
    expect(log).toEqual([
      `error secrets cannot be used: secrets[0] is shorter than 32 bytes. ${kept}`,
      `error secrets could not be read: TypeError. ${kept}`,
      'info secrets: read again, and in force',
      `error secrets cannot be used: secrets[0] is shorter than 32 bytes. ${kept}`,
    ]);
  });

  it('are asked for anew when a source hangs, and its late answer is not taken', async () => {
    const waiting: ((read: KeysRead) => void)[] = [];
    const taken: string[] = [];
    const { clock, refresher, log } = kit(() => new Promise((resolve) => waiting.push(resolve)));
    refresher.start();
    for (let round = 0; round < 4; round++) clock.advance(60);

    expect(waiting).toHaveLength(4);
    expect(log).toEqual(['error secrets did not answer within 60 seconds. The keys from before stay in force']);
    waiting[0]?.(good(() => taken.push('first') > 0));
    await new Promise(setImmediate);
    waiting[3]?.(good(() => taken.push('last') > 0));
    await refresher.idle();
    expect(taken).toEqual(['last']);
  });

  it('are not asked for, and not taken, after the app has closed', async () => {
    const waiting: ((read: KeysRead) => void)[] = [];
    const taken: string[] = [];
    const { clock, refresher } = kit(() => new Promise((resolve) => waiting.push(resolve)));
    refresher.start();
    clock.advance(60);
    refresher.stop();
    waiting[0]?.(good(() => taken.push('late') > 0));
    clock.advance(600);
    await refresher.idle();
    await new Promise(setImmediate);

    expect([waiting.length, taken]).toEqual([1, []]);
  });

  it('need a timer that keeps no process alive where the clock has none of its own', () => {
    const clock = { now: () => new Date() };
    const log = { error: () => undefined, info: () => undefined };
    const read = async () => good();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const refresher = new KeyRefresher({ sources: [{ where: 'secrets', read }], clock, intervalSeconds: 60, log });
    refresher.start();

    // What is unref'd is no active resource.
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
    refresher.stop();
  });
});
