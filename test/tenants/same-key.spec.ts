import { expect, it } from '@jest/globals';
import { UniqueViolation, type TenantRequest } from 'nest-auth-plug';
import { tokensModel } from '../../lib/tokens/models.js';
import { Expunger } from '../../lib/tokens/expunger.js';
import { ADA, isIn, register, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { describeEachStore } from '../stores/each-store.js';
import { PASSWORD } from '../users.js';
import { tenantsApp, visitorOf } from './tenants-app.js';

/** Ids that would be one, or break something, wherever parts are put together with a separator or are keys of an object. */
const ODD: readonly string[] = [
  'a',
  'A',
  'a:b',
  'a?b',
  'a/b',
  'a&b',
  'a%b',
  'a%2Fb',
  'a b',
  'a|b',
  '["a"]',
  'a","b',
  "a'b",
  '\\',
  'a=b',
  'a;b',
  '\u00e4',
  'a\u0308',
  '__proto__',
  'constructor',
  'null',
  'x'.repeat(255),
];
const decoded = ({ headers }: TenantRequest) => decodeURIComponent(headers.get('x-tenant')[0] ?? '');

describeEachStore('tenants', (store) => {
  let app: RoomsApp;
  const use = async (work: () => Promise<void>, resolve = decoded) => {
    app = await tenantsApp({ dataLayer: await store.empty() }, { resolve });
    try {
      await work();
    } finally {
      await app.close();
    }
  };
  const at = (tenant: string) => visitorOf(app, encodeURIComponent(tenant));
  const usersOf = (tenant: string) => app.data.forTenant(tenant);

  it('keep the same key apart: sign-ins, epochs, changes and deletion are of one', () =>
    use(async () => {
      for (const tenant of ['acme', 'beta']) {
        const row = { id: '1', email: ADA, name: tenant, passwordHash: `$plain$${PASSWORD}`, factorCode: null };
        await usersOf(tenant).insert(app.users.model, row);
      }
      const [acme, beta] = [at('acme'), at('beta')];
      expect(await signIn(acme)).toMatchObject({
        status: 200,
        body: { user: { id: '1', name: 'acme', orgId: 'acme' } },
      });
      const answer = await signIn(beta);
      expect(answer).toMatchObject({ status: 200, body: { user: { id: '1', name: 'beta', orgId: 'beta' } } });
      const subject = app.service.userToSubject({ id: '1' }, 'user');
      expect(await app.service.listSignIns(subject, { tenant: 'beta' })).toHaveLength(1);
      await app.service.changeUser(subject, { name: 'Ada' }, { tenant: 'acme' });
      expect(await app.service.subjectToUser(subject, { tenant: 'acme' })).toMatchObject({ name: 'Ada' });
      expect(await app.service.subjectToUser(subject, { tenant: 'beta' })).toMatchObject({ name: 'beta' });

      expect(await app.service.endSignIns(subject, 'all', { tenant: 'acme' })).toBe(1);
      expect([await isIn(acme), await isIn(beta)]).toEqual([false, true]);
      await app.service.disable(subject, { tenant: 'acme' });
      expect([(await signIn(at('acme'))).status, (await signIn(at('beta'))).status]).toEqual([401, 200]);
      expect(await app.service.deleteUser(subject, { tenant: 'acme' })).toBe(true);
      expect(await app.service.subjectToUser(subject, { tenant: 'acme' })).toBeNull();
      expect(await isIn(beta)).toBe(true);
      expect(textIn(answer, 'token')).not.toBe('');
    }));

  it('have one account for an address each, also when all register at once', () =>
    use(async () => {
      const tenants = ['acme', 'beta', 'acme', 'beta', 'acme', 'beta'];
      const answers = await Promise.all(tenants.map((tenant) => register(at(tenant))));
      const made = tenants.filter((_, index) => answers[index]?.status === 200);
      expect(made.toSorted()).toEqual(['acme', 'beta']);
      expect(answers.filter(({ status }) => status === 422)).toHaveLength(4);
      await expect(
        usersOf('acme').insert(app.users.model, {
          id: '2',
          email: ADA,
          name: null,
          passwordHash: null,
          factorCode: null,
        }),
      ).rejects.toThrow(UniqueViolation);
    }));

  it('are told apart whatever is in their ids', () =>
    use(async () => {
      const visitors = ODD.map((tenant) => ({ tenant, visitor: at(tenant) }));
      for (const { tenant, visitor } of visitors) {
        expect([tenant, (await register(visitor)).status]).toEqual([tenant, 200]);
        expect((await visitor.get('/in/tenant')).body).toEqual({ user: tenant, context: tenant, signIn: tenant });
      }
      for (const { visitor, tenant } of visitors) {
        const [elsewhere] = ODD.filter((other) => other !== tenant);
        expect(await isIn(visitor.at(encodeURIComponent(elsewhere ?? '')))).toBe(false);
      }
      expect(await register(at('a\0b'))).toMatchObject({ status: 400, body: { code: 'ERR_NO_TENANT' } });
    }));

  it('are swept together, a few rows at a time, without a list of them', () =>
    use(async () => {
      const past = new Date(0);
      const expired = { subject: null, purpose: 'room:purpose', epoch: 0, data: null, issuedAt: past, expiresAt: past };
      for (const [index, tenant] of ['acme', 'beta', 'gamma', '', 'acme'].entries()) {
        await usersOf(tenant).insert(tokensModel, { ...expired, id: `t${index}`, spentAt: null });
      }
      const fresh = { ...expired, id: 'fresh', spentAt: null, expiresAt: new Date(8e14) };
      await usersOf('beta').insert(tokensModel, fresh);
      const { data, clock } = app;
      const expunger = new Expunger({
        data,
        models: [tokensModel],
        clock,
        batchSize: 2,
        report: (e) => expect(e).toBeNull(),
      });
      expect(await expunger.expungeNow()).toBe(5);
      expect(await usersOf('beta').findMany(tokensModel, {}, { orderBy: 'id', limit: 9 }, ['id'])).toEqual([
        { id: 'fresh' },
      ]);
    }));

  it('have data that leads to no other tenant', () =>
    use(async () => {
      const acme = usersOf('acme');
      expect(() => acme.forTenant('beta')).toThrow(TypeError);
      await expect(acme.transaction(async (tx) => tx.forTenant('beta').delete(app.users.model, {}))).rejects.toThrow(
        TypeError,
      );
      await expect(app.data.findOne(app.users.model, { email: ADA })).rejects.toThrow('belongs to tenants');
    }));
});
