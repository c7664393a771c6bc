import { afterEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { AddOn, AuthEvent, Message, Sender } from 'nest-auth-plug';
import { Outbox, type AuthTestApp, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { noteAnswers } from '../security/recording.js';
import { ADA, comparable, NO_LIMITS, register, visit } from '../security/visit.js';
import type { User } from '../users.js';

const RESET = '/auth/user/password/reset-request';
const TO = 'resources.user.password.senders.reset-password to ';

/** Fails as often as it is told, quoting everything that it must not. */
class Flaky implements Sender {
  readonly sent: Message[] = [];
  tries = 0;

  constructor(private readonly failures: number) {}

  send(message: Message): Promise<void> {
    this.tries += 1;
    if (this.tries <= this.failures) throw quoting(`550 ${message.to}`, message);
    this.sent.push(message);
    return Promise.resolve();
  }
}

/** Lines of its words look like those of a stack, as of now and as of when it was made. */
function quoting(what: string, { to, link }: Message): Error {
  const error = new RangeError(`${what}\n    at ${to}: no ${link?.href}`);
  const { stack } = error;
  error.message = `${what}\n    at ${to}:1:1`;
  error.stack = `${stack}\n${error.message}`;
  return error;
}

/** Settles when it is told to, or never. */
class Hanging implements Sender {
  readonly release: (() => void)[] = [];
  readonly fail: ((error: Error) => void)[] = [];
  send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.release.push(resolve);
      this.fail.push(reject);
    });
}

describe.each<Platform>(['express', 'fastify'])('a message on %s', (platform) => {
  let app: AuthTestApp;
  let events: AuthEvent[];
  afterEach(() => app.close());

  async function arrive(sender: Sender): Promise<void> {
    events = [];
    const watching = { name: 'watching', phases: [], observe: (event: AuthEvent) => void events.push(event) };
    ({ app } = await visit(platform, {
      resource: { addOns: [watching], limits: NO_LIMITS },
      password: { resettable: { sender, page: '/reset' } },
    }));
    await register(app.client());
  }
  async function asked(sender: Sender): Promise<ClientAnswer> {
    await arrive(sender);
    return ask(ADA);
  }
  /** Waits until the sender has it, since nobody may wait for the sender. */
  async function askedOnce(sender: Hanging): Promise<void> {
    await arrive(sender);
    await app.client().post(RESET, { json: { email: ADA } });
    while (sender.release.length === 0) await turns();
  }
  const ask = async (email: string) => {
    const answer = await app.client().post(RESET, { json: { email } });
    await app.idle();
    return answer;
  };
  const later = async (seconds: number) => {
    app.clock.advance(seconds);
    await app.idle();
  };
  const lost = () => events.filter(({ name }) => name === 'password.message');

  it('that could not be sent is tried again after 10 seconds, and once more after 60', async () => {
    const sender = new Flaky(2);
    await asked(sender);
    const tries = [sender.tries];
    for (const seconds of [9, 1, 59, 1, 1000]) {
      await later(seconds);
      tries.push(sender.tries);
    }

    expect(tries).toEqual([1, 1, 2, 2, 3, 3]);
    expect(sender.sent).toMatchObject([{ to: ADA, purpose: 'reset-password' }]);
    expect(lost()).toEqual([]);
  });

  it('[ASVS 16.2.5] is given up after three tries, and told of by purpose and digest of the address', async () => {
    const sender = new Flaky(3);
    const answer = await asked(sender);
    await later(10);
    await later(60);
    await later(10_000);

    expect([sender.tries, answer.status]).toEqual([3, 200]);
    const asking = events.find(({ name }) => name === 'password.reset-request');
    const addressDigest = String(asking?.facts['identityDigest']);
    expect(lost()).toMatchObject([{ outcome: 'error', facts: { purpose: 'reset-password', addressDigest } }]);
    const lines = app.logged.filter((line) => line.includes(TO)).map((line) => line.split('\n')[0]);
    expect(lines).toEqual([
      `warn ${TO}${addressDigest} failed, try 1 of 3: RangeError`,
      `warn ${TO}${addressDigest} failed, try 2 of 3: RangeError`,
      `error ${TO}${addressDigest} failed, try 3 of 3: RangeError`,
    ]);
    expect(JSON.stringify([app.logged, events])).not.toMatch(/ada@|token=|550/);
  });

  it('that cannot be sent is answered as one that can, and as one to nobody', async () => {
    const failing = comparable(await asked(new Flaky(3)));
    const unknown = comparable(await ask('nobody@example.com'));
    await app.close();
    const sent = comparable(await asked(new Outbox()));

    expect([failing, unknown]).toEqual([sent, sent]);
  });

  it('whose sender never settles is tried again after half a minute, and lost after three', async () => {
    const sender = new Hanging();
    await askedOnce(sender);
    const tries = [sender.release.length];
    for (const seconds of [29, 1, 10, 30, 60, 30]) {
      app.clock.advance(seconds);
      await turns();
      tries.push(sender.release.length);
    }

    expect(tries).toEqual([1, 1, 1, 2, 2, 3, 3]);
    expect(lost()).toHaveLength(1);
    sender.release[0]?.();
    await app.idle();
    expect(lost()).toHaveLength(1);
  });

  it('keeps no other message waiting while its sender hangs', async () => {
    const sender = new Hanging();
    await askedOnce(sender);
    await app.client().post(RESET, { json: { email: ADA } });
    await turns();

    expect(sender.release).toHaveLength(2);
    for (const release of sender.release) release();
  });

  it('leaves when the answer is out, though what it is about is committed before', async () => {
    const order: string[] = [];
    const sender = { send: async () => void order.push('sent') };
    await asked(sender);
    noteAnswers(app, order);
    order.length = 0;
    await ask(ADA);

    expect(order).toEqual(['answered', 'sent']);
  });

  it('leaves when the answer is out, also where it is sent within the request', async () => {
    const order: string[] = [];
    const telling: AddOn<User> = {
      name: 'telling',
      phases: [],
      senders: { greeting: async () => void order.push('sent') },
      async signedIn(ctx, { user }, tx) {
        ctx.send({ purpose: 'greeting', to: user.email, user }, tx);
      },
    };
    ({ app } = await visit(platform, { resource: { addOns: [telling] } }));
    noteAnswers(app, order);
    await register(app.client());
    await app.idle();

    expect(order).toEqual(['answered', 'sent']);
  });

  it('is sent before the app has closed, without its pauses', async () => {
    const sender = new Flaky(2);
    await asked(sender);
    expect(sender.tries).toBe(1);

    await app.close();

    expect(sender.sent).toHaveLength(1);
    expect(lost()).toEqual([]);
  });

  it('is lost where it cannot be sent within ten seconds of the end, which then comes', async () => {
    const sender = new Hanging();
    await askedOnce(sender);
    for (let more = 0; more < 5; more += 1) await app.client().post(RESET, { json: { email: ADA } });
    await turns();
    let closed = false;
    const closing = app.close().then(() => (closed = true));
    while (!app.logged.some((line) => line.includes('was not sent before the app closed'))) {
      await turns();
      app.clock.advance(5);
    }
    await closing;
    for (const fail of sender.fail) fail(new Error('too late'));
    await turns();

    expect(closed).toBe(true);
    expect([lost().length, sender.release.length]).toEqual([6, 4]);
    expect(app.logged.join('\n')).not.toContain('try 1 of 3');
    const line = app.logged.find((one) => one.includes('before the app closed')) ?? '';
    expect(line).toMatch(
      /^error resources\.user\.password\.senders\.reset-password to \S+ was not sent before the app closed$/,
    );
  });
});

/** As many turns of the event loop as anything here takes. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
