import { describe, expect, it } from '@jest/globals';
import { SignInRequired, type StrategyContext, type Subject } from 'nest-auth-plug';
import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { Outbox } from 'nest-auth-plug/testing';
import { ADA } from '../../security/visit.js';
import type { User } from '../../users.js';
import { BEA } from './setup.js';

const SUBJECT = 'user?id=ada' as Subject; // as the core makes it
const EPOCH = 7;

/** What the add-on does with its powers, in its order: for what no visit can time. */
function context(powers: object = {}) {
  const done: string[] = [];
  const later: (() => Promise<void>)[] = [];
  const noted =
    <A extends unknown[], T>(name: string, answer: T) =>
    (...args: A) => {
      done.push([name, ...args.filter((arg) => typeof arg !== 'object').map(String)].join(' '));
      return Promise.resolve(answer);
    };
  const account = { user: { email: ADA }, subject: SUBJECT, subjectEpoch: EPOCH, secrets: {}, confirmed: new Set() };
  const facts = { subject: SUBJECT, subjectEpoch: EPOCH, data: { from: ADA, to: BEA } };
  const ctx = {
    signIn: { subject: SUBJECT },
    accounts: {
      find: noted('find', account),
      findByIdentity: noted('findByIdentity', account),
      change: noted('change', undefined),
      requireStillSignedIn: noted('requireStillSignedIn', { subject: SUBJECT, subjectEpoch: EPOCH }),
      isUnique: () => true,
      ...powers,
    },
    tokens: { read: noted('read', facts), spend: noted('spend', facts), issue: noted('issue', { token: 'token' }) },
    data: { transaction: (work: (tx: object) => Promise<unknown>) => work({}) },
    limits: { count: noted('count', undefined) },
    clock: { now: () => new Date(0) },
    links: { to: () => new URL('http://localhost:3000/') },
    send: () => undefined,
    afterAnswer: (work: () => Promise<void>) => void later.push(work),
  };
  return { ctx: ctx as unknown as StrategyContext<User>, done, later }; // the powers that it uses
}

const addOn = confirmation<User>({ monitorFields: ['email'], sender: new Outbox() });
const run = async (phase: string, ctx: StrategyContext<User>, input: Readonly<Record<string, string>>) =>
  addOn.phases.find(({ name }) => name === phase)?.run(ctx, input);

describe('the powers of confirmation', () => {
  it('[ASVS 6.3.8] look nobody up before the answer to whoever wants another link', async () => {
    const { ctx, done, later } = context();

    expect(await run('resend', ctx, { email: ADA })).toEqual({ kind: 'done' });
    expect(done).toEqual([]);

    for (const work of later) await work();
    expect(done).toEqual([`findByIdentity email ${ADA}`, 'issue email']);
  });

  it('write a confirmed address under the epoch that the link was good under', async () => {
    const { ctx, done } = context();

    await run('confirm', ctx, { token: 'token' });

    expect(done).toEqual(['read email token', 'spend email token', `find ${SUBJECT}`, `change ${SUBJECT} ${EPOCH}`]);
  });

  it('ask for no address of somebody who has signed out meanwhile', async () => {
    const { ctx, done } = context({ requireStillSignedIn: () => Promise.reject(new SignInRequired('sign_in_ended')) });

    await expect(run('change', ctx, { email: BEA })).rejects.toThrow(SignInRequired);

    expect(done).not.toContain(`change ${SUBJECT}`);
    expect(done.join()).not.toContain('issue');
  });
});
