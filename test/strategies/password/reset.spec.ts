import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, refusalOf } from './perform.js';
import { ADA, passwordWith, resettableWith, RIGHT, typed, WRONG } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const request = (email: string) => perform(resettableWith(hashing), 'reset-request', world.context(), { email });
const reset = (token: string, raw = typed(RIGHT)) =>
  perform(resettableWith(hashing), 'reset', world.context(), { resetToken: token, ...raw });
const tokenIn = (index: number) => world.sent[index]?.link?.searchParams.get('token') ?? '';

describe('a forgotten password', () => {
  it('[ASVS 6.3.8] is answered the same, before anything is looked up', async () => {
    world.addUser(ADA, hashing.of(RIGHT));
    let lookUps = 0;
    world.afterFind = () => void lookUps++;

    expect(await request(ADA)).toEqual({ kind: 'done' });
    expect(await request('nobody@example.com')).toEqual({ kind: 'done' });

    expect([lookUps, world.tokens.size, world.sent.length, world.after.length]).toEqual([0, 0, 0, 2]);
  });

  it('sends a link to the page of the app, to the stored address, after the answer', async () => {
    world.addUser(ADA, hashing.of(WRONG));
    await request(ADA);
    await world.runAfterAnswer();

    expect(world.sent).toMatchObject([{ purpose: 'reset-password', to: ADA, user: { email: ADA } }]);
    expect(String(world.sent[0]?.link)).toBe(`https://app.example/reset?token=${tokenIn(0)}`);
    expect(JSON.stringify(world.sent[0]?.user)).not.toContain('fake');
  });

  it('sends nothing to an unknown address', async () => {
    await request('nobody@example.com');
    await world.runAfterAnswer();

    expect([world.sent, world.tokens.size]).toEqual([[], 0]);
  });

  it('sends to the field that holds the address, and nothing where that is empty', async () => {
    world.addUser(ADA, null, 'backup@example.com');
    world.addUser('eve@example.com', null);
    const room = passwordWith(hashing, {
      resettable: { sender: { send: async () => undefined }, page: '/reset', addressField: 'name' },
    });
    for (const email of [ADA, 'eve@example.com']) await perform(room, 'reset-request', world.context(), { email });
    await world.runAfterAnswer();

    expect(world.sent.map(({ to }) => to)).toEqual(['backup@example.com']);
  });

  it('[ASVS 6.4.3] is replaced by the link, once, and signs nobody in', async () => {
    const subject = world.addUser(ADA, hashing.of(WRONG));
    await request(ADA);
    await world.runAfterAnswer();

    expect(await reset(tokenIn(0))).toEqual({ kind: 'done' });
    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
    expect(world.rows.get(subject)?.epoch).toBe(2);
    expect(world.tokens.get(tokenIn(0))?.spent).toBe(true);
    expect((await refusalOf(reset(tokenIn(0)))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('[ASVS 6.5.1] is replaced by exactly one of many parallel uses of a link', async () => {
    world.addUser(ADA, hashing.of(WRONG));
    await request(ADA);
    await world.runAfterAnswer();

    const uses = await Promise.allSettled(Array.from({ length: 20 }, () => reset(tokenIn(0))));

    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('[ASVS 6.5.5] has one live link, for 30 minutes', async () => {
    world.addUser(ADA, hashing.of(WRONG));
    await request(ADA);
    await request(ADA);
    await world.runAfterAnswer();
    expect((await refusalOf(reset(tokenIn(0)))).code).toBe('ERR_INVALID_TOKEN');

    world.now = new Date(world.now.getTime() + 30 * 60 * 1000);
    expect((await refusalOf(reset(tokenIn(1)))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('keeps its link through refused passwords, and hashes nothing for them', async () => {
    const subject = world.addUser(ADA, hashing.of(WRONG));
    await request(ADA);
    await world.runAfterAnswer();
    const bad = [typed('short'), typed('password1'), typed('ada ada ada'), { ...typed(RIGHT), password: WRONG }];
    for (const raw of bad) expect((await refusalOf(reset(tokenIn(0), raw))).code).toBe('ERR_INVALID_INPUT');
    expect(hashing.work).toEqual([]);

    await reset(tokenIn(0));

    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
  });

  it('[ASVS 15.2.2] hashes nothing for a link that does not hold', async () => {
    await refusalOf(reset('forged'));

    expect(hashing.work).toEqual([]);
  });

  it('[ASVS 2.3.3] spends no link where the change fails', async () => {
    const subject = world.addUser(ADA, hashing.of(WRONG));
    const token = await world.resetTokenOf(subject);
    const context = world.context();
    context.accounts.changeCredentials = () => Promise.reject(new Error('store gone'));

    const refusal = await refusalOf(
      perform(resettableWith(hashing), 'reset', context, { resetToken: token, ...typed(RIGHT) }),
    );

    expect(refusal.message).toBe('store gone');
    expect(world.tokens.get(token)?.spent).toBe(false);
    expect(world.hashOf(subject)).toBe(hashing.of(WRONG));
  });

  it('is not replaced by a token of another purpose', async () => {
    const subject = world.addUser(ADA, hashing.of(WRONG));
    const context = world.context();
    const about = { subject, subjectEpoch: 1, lifetimeSeconds: 60 };
    const { token } = await context.tokens.issue('sign-in', about, context.data);

    expect((await refusalOf(reset(token))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('is no phase unless the app can send', () => {
    expect(passwordWith(hashing).phases.map(({ name }) => name)).toEqual(['register', 'sign-in', 'verify', 'change']);
    expect(passwordWith(hashing)).toMatchObject({ purposes: [], senders: {} });
  });
});
