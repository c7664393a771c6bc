import { afterEach, describe, expect, it } from '@jest/globals';
import type { AddOn, UserChange, WrittenAccount } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { PASSWORD, userResource, type User } from '../users.js';
import { desk } from './desk.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
const BEA = 'bea@example.com';

let app: AuthTestApp;

/** An add-on that withholds new addresses, and wants to do something once the rest is written. */
function withholding(work: (account: WrittenAccount<User>, change: UserChange<User>) => Promise<void>): AddOn<User> {
  return {
    name: 'withholding',
    phases: [],
    async changingUser(_, change) {
      if (change.kind === 'update') delete change.values['email'];
      change.onceWritten((account) => work(account, change));
    },
  };
}

async function arrive(work: Parameters<typeof withholding>[0] = () => Promise.resolve()) {
  const { resource } = userResource({ addOns: [withholding(work)] });
  app = await authTestApp({ resources: [resource] });
  const { user } = await app.service.perform<User>(['password', 'register'], ADA);
  const subject = app.service.userToSubject(user ?? {});
  return { subject, count: async () => (await app.service.listSignIns(subject)).length };
}

describe('work for once a change is written', () => {
  afterEach(() => app.close());

  it('speaks of the account that was made, and of the one that was changed, without anybody’s secrets', async () => {
    const seen: object[] = [];
    const { subject } = await arrive(async ({ user: { name, email }, ...account }, { kind }) => {
      seen.push({ kind, name, email, ...account });
    });

    await app.service.changeUser(subject, { name: 'Ada King', email: BEA });

    expect(seen).toEqual([
      { kind: 'create', name: 'Ada', email: ADA.email, subject, subjectEpoch: 0 },
      { kind: 'update', name: 'Ada King', email: ADA.email, subject, subjectEpoch: 0 },
    ]);
  });

  it('undoes the change where it fails', async () => {
    const { subject } = await arrive(async (_, { kind }) => {
      if (kind === 'update') throw new Error('a bug');
    });

    await expect(app.service.changeUser(subject, { name: 'Ada King' })).rejects.toThrow('changingUser failed');

    expect(await app.service.subjectToUser(subject)).toMatchObject({ name: 'Ada' });
  });

  it('is done in the transaction of the change', async () => {
    const { model } = userResource().resource;
    const seen: unknown[] = [];
    const { subject } = await arrive(async (_, { tx }) => {
      seen.push((await tx.findOne(model, { email: ADA.email }))?.['name']);
    });

    await app.service.changeUser(subject, { name: 'Ada King' });

    expect(seen).toEqual(['Ada', 'Ada King']);
  });
});

describe('a change that was allowed under an epoch', () => {
  afterEach(() => app.close());

  it('is refused where a credential has changed since, and nothing is written', async () => {
    const { resource } = userResource({ strategies: [desk()] });
    app = await authTestApp({ resources: [resource] });
    const browser = app.client();
    await browser.post('/auth/user/password/register', { json: ADA });

    const late = await browser.post('/auth/user/desk/rename-late', { json: {} });

    expect(late).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
    expect(await app.data.findOne(resource.model, { email: ADA.email })).toMatchObject({ name: 'Ada' });
  });
});

describe('a new address that an add-on withholds', () => {
  afterEach(() => app.close());

  it('ends no sign-in, for no credential has changed', async () => {
    const { subject, count } = await arrive();

    await app.service.changeUser(subject, { email: BEA });

    expect(await count()).toBe(1);
    expect(await app.service.subjectToUser(subject)).toMatchObject({ email: ADA.email });
  });
});
