import { describe, expect, it } from '@jest/globals';
import { TooBusy } from 'nest-auth-plug';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from 'nest-auth-plug/testing';
import { Background } from '../../lib/activities/background.js';

const MOST = 1000;
const clock = new FakeClock();
const now = (begin: () => void) => begin();

function waiting() {
  let release = (): void => undefined;
  const done = new Promise<void>((resolve) => (release = resolve));
  return { done, release };
}

describe('work after an answer', () => {
  it('starts when the answer is out, and not before', async () => {
    const background = new Background(clock, () => undefined);
    const done: string[] = [];
    let answered = (): void => undefined;
    background.add(
      async () => void done.push('work'),
      (begin) => (answered = begin),
    );
    await Promise.resolve();
    done.push('answer');
    answered();
    await background.idle();

    expect(done).toEqual(['answer', 'work']);
  });

  it('runs once, though the answer both finishes and closes', async () => {
    const background = new Background(clock, () => undefined);
    let count = 0;
    background.add(
      async () => void (count += 1),
      (begin) => {
        begin();
        begin();
      },
    );
    await background.idle();

    expect(count).toBe(1);
  });

  it('runs four at a time', async () => {
    const background = new Background(clock, () => undefined);
    const { done, release } = waiting();
    let running = 0;
    let most = 0;
    for (let index = 0; index < 20; index++) {
      background.add(async () => {
        most = Math.max(most, (running += 1));
        await done;
        running -= 1;
      }, now);
    }
    release();
    await background.idle();

    expect(most).toBe(4);
  });

  it('[ASVS 15.2.2] is refused before anything is answered where too much of it waits, and taken again when there is room', async () => {
    const background = new Background(clock, () => undefined);
    const { done, release } = waiting();
    for (let index = 0; index < MOST; index++) background.add(() => done, now);

    expect(() => background.add(() => done, now)).toThrow(TooBusy);
    release();
    await background.idle();
    expect(() => background.add(() => done, now)).not.toThrow();
  });

  it('counts what waits for its answer', () => {
    const background = new Background(clock, () => undefined);
    for (let index = 0; index < MOST; index++)
      background.add(
        async () => undefined,
        () => undefined,
      );

    expect(() => background.add(async () => undefined, now)).toThrow(TooBusy);
  });

  it('still sends the messages of what was let in', async () => {
    const background = new Background(clock, () => undefined);
    const { done, release } = waiting();
    let sent = 0;
    const work = async () => {
      await done;
      background.addMessage(async () => ((sent += 1), null), now);
    };
    for (let index = 0; index < MOST; index++) background.add(work, now);
    release();
    await background.idle();

    expect(sent).toBe(MOST);
  });

  it('reports what fails, and goes on', async () => {
    const reported: unknown[] = [];
    const background = new Background(clock, (error) => void reported.push(error));
    const error = new Error('broken');
    let ran = false;
    background.add(() => Promise.reject(error), now);
    background.add(async () => void (ran = true), now);
    await background.idle();

    expect([reported, ran]).toEqual([[error], true]);
  });

  it('is waited for at shutdown, with what it starts itself', async () => {
    const background = new Background(clock, () => undefined);
    const { done, release } = waiting();
    const order: string[] = [];
    background.add(async () => {
      await done;
      background.addMessage(async () => (order.push('message'), null), now);
    }, now);
    const idle = background.idle().then(() => order.push('idle'));
    release();
    await idle;

    expect(order).toEqual(['message', 'idle']);
  });

  it('keeps no look-up waiting for messages', async () => {
    const background = new Background(clock, () => undefined);
    const { done, release } = waiting();
    for (let index = 0; index < 10; index++) background.addMessage(async () => (await done, null), now);
    let ran = false;
    background.add(async () => void (ran = true), now);
    await setImmediate();
    const ranMeanwhile = ran;
    release();
    await background.idle();

    expect(ranMeanwhile).toBe(true);
  });

  it('that asks for more time is done again then, once, and earlier where the app stops', async () => {
    const own = new FakeClock();
    const background = new Background(own, () => undefined);
    let rounds = 0;
    background.addMessage(async () => ((rounds += 1) < 3 ? 60 : null), now);
    await background.idle();
    own.advance(60);
    await background.idle();
    expect(rounds).toBe(2);

    await background.drain(10);
    own.advance(60);
    await background.idle();
    expect(rounds).toBe(3);
  });
});
