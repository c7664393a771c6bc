import { Controller, Post } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AuthenticationFailed,
  AuthService,
  ConfigurationInvalid,
  CurrentContext,
  NoTenant,
  tenantFromHeader,
  type AuthContext,
  type Model,
} from 'nest-auth-plug';
import { authTestApp } from 'nest-auth-plug/testing';
import { ADA, AUTH, register, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { PASSWORD, userResource } from '../users.js';
import { tenantsApp, visitorOf } from './tenants-app.js';

const typed = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD };
const AT = { subjectName: 'user' };

/** What a handler does with the context of a request that no guard has seen. */
@Controller('by-hand')
class ByHandController {
  constructor(private readonly auth: AuthService) {}

  @Post()
  async register(@CurrentContext() context: AuthContext): Promise<object> {
    const { user, signIn } = await this.auth.perform(['password', 'register'], typed, { ...AT, context });
    if (user !== null) await this.auth.storeInSession(user, { ...AT, context });
    return { tenant: context.tenant, signIn: signIn?.tenant };
  }

  @Post('elsewhere')
  elsewhere(@CurrentContext() context: AuthContext): Promise<string> {
    const call = this.auth.perform(['password', 'register'], typed, { ...AT, context, tenant: 'beta' });
    return call.then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.constructor.name : 'nothing'),
    );
  }
}

describe('a call from code', () => {
  let app: RoomsApp;
  beforeEach(async () => {
    app = await tenantsApp({ controllers: [ByHandController] });
  });
  afterEach(() => app.close());

  const perform = (tenant?: string) => app.service.perform(['password', 'register'], typed, { ...AT, tenant });

  it('says whose it is, and is refused where it does not', async () => {
    expect(await perform('acme')).toMatchObject({ user: { orgId: 'acme' }, signIn: { tenant: 'acme' } });
    await expect(perform()).rejects.toThrow(NoTenant);
    await expect(perform('')).rejects.toThrow(TypeError);
    await expect(perform('a\0b')).rejects.toThrow(TypeError);
  });

  it('finds a subject in the tenant that it says, and in no other', async () => {
    const { user } = await perform('acme');
    const subject = app.service.userToSubject(user ?? {}, 'user');
    expect(await app.service.subjectToUser(subject, { tenant: 'acme' })).toMatchObject({ email: ADA });
    expect(await app.service.subjectToUser(subject, { tenant: 'beta' })).toBeNull();
    expect((await app.service.loadSubjects([subject], { tenant: 'beta' })).size).toBe(0);
    expect(await app.service.endSignIns(subject, 'all', { tenant: 'beta' })).toBe(0);
    expect(await app.service.deleteUser(subject, { tenant: 'beta' })).toBe(false);
    await expect(app.service.subjectToUser(subject)).rejects.toThrow(NoTenant);
    await expect(app.service.listSignIns(subject)).rejects.toThrow(NoTenant);
    await expect(app.service.clearGuesses(subject)).rejects.toThrow(NoTenant);
    expect(await app.service.listSignIns(subject, { tenant: 'acme' })).toHaveLength(1);
  });

  it('signs no user of one tenant in to another, though both have the key', async () => {
    for (const tenant of ['acme', 'beta']) {
      const row = { id: '1', email: ADA, name: tenant, passwordHash: null, factorCode: null };
      await app.data.forTenant(tenant).insert(app.users.model, row);
    }
    const subject = app.service.userToSubject({ id: '1' }, 'user');
    const ada = await app.service.subjectToUser(subject, { tenant: 'acme' });
    const signIn = (tenant: string) => app.service.signIn(ada ?? {}, { ...AT, tenant, methods: ['sso'] });
    await expect(signIn('beta')).rejects.toThrow(AuthenticationFailed);
    expect(await signIn('acme')).toMatchObject({ tenant: 'acme', user: { name: 'acme' } });
    expect(await app.service.listSignIns(subject, { tenant: 'beta' })).toEqual([]);
  });

  it('changes no tenant', async () => {
    const { user } = await perform('acme');
    const subject = app.service.userToSubject(user ?? {}, 'user');
    await expect(app.service.changeUser(subject, { orgId: 'beta' }, { tenant: 'acme' })).rejects.toThrow(TypeError);
  });

  it('is for the tenant of the request that it is done for, and for no other', async () => {
    const ada = visitorOf(app, 'acme');
    expect(await ada.post('/by-hand')).toMatchObject({ status: 201, body: { tenant: 'acme', signIn: 'acme' } });
    expect(await ada.get(`${AUTH}/session/list`)).toMatchObject({ status: 200 });
    expect(await ada.at('beta').get(`${AUTH}/session/list`)).toMatchObject({ status: 401 });
    expect(await ada.post('/by-hand/elsewhere')).toMatchObject({ status: 201, text: 'TypeError' });
    expect(await ada.at(null).post('/by-hand/elsewhere')).toMatchObject({ status: 201, text: 'TypeError' });
    expect(await ada.at(null).post('/by-hand')).toMatchObject({ status: 500 });
  });

  it('is in the log as its tenant', async () => {
    await perform('beta');
    const [event] = app.addOn.seen.events.filter(({ name }) => name === 'password.register');
    expect(event?.facts).toMatchObject({ tenant: 'beta' });
  });

  it('leaves a resource without tenants alone, whatever is said', async () => {
    const at = { subjectName: 'admin', tenant: 'acme' };
    const { user, signIn } = await app.service.perform(['password', 'register'], typed, at);
    expect(user).not.toHaveProperty('orgId');
    expect(signIn?.tenant).toBeNull();
  });

  it('tells the log nothing that makes one of two Adas', async () => {
    await register(visitorOf(app, 'acme'));
    await register(visitorOf(app, 'beta'));
    const events = app.addOn.seen.events.filter(({ name }) => name === 'password.register');
    expect(new Set(events.map(({ facts }) => facts['identityDigest'])).size).toBe(2);
    expect(textIn(await register(visitorOf(app, 'gamma')), 'token')).not.toBe('');
  });
});

describe('an app does not start', () => {
  const tenants = { resolve: tenantFromHeader('x-tenant') };
  const withTenants = userResource({ tenantField: 'orgId' }).resource;
  const problemsOf = (options: Parameters<typeof authTestApp>[0]) =>
    authTestApp(options).then(
      (app) => app.close().then(() => []),
      (error: unknown) => (error instanceof ConfigurationInvalid ? error.problems.map(({ where }) => where) : [error]),
    );

  it('with tenants that nothing finds, and with a way to find what there is not', async () => {
    expect(await problemsOf({ resources: [withTenants] })).toEqual(['tenants']);
    expect(await problemsOf({ resources: [userResource().resource], app: { tenants } })).toEqual(['tenants']);
    expect(await problemsOf({ resources: [withTenants], app: { tenants } })).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('with a resolver that may take %d ms', async (timeoutMs) => {
    const app = { tenants: { ...tenants, timeoutMs } };
    expect(await problemsOf({ resources: [withTenants], app })).toEqual(['tenants.timeoutMs']);
  });

  it.each(['id', 'email'] as const)('with %s as the tenant', async (tenantField) => {
    const { resource } = userResource({ tenantField });
    expect(await problemsOf({ resources: [resource], app: { tenants } })).toContain('resources.user.tenantField');
  });

  it('with a strategy that keeps all tenants in one table', async () => {
    const notes: Model = { table: 'notes', tenantField: null, columns: { id: { type: 'text' } }, primaryKey: ['id'] };
    const notebook = { name: 'notebook', phases: [], models: [notes], forget: () => Promise.resolve() };
    const { resource } = userResource({ tenantField: 'orgId', strategies: [notebook] });
    expect(await problemsOf({ resources: [resource], app: { tenants } })).toEqual(['resources.user.notebook']);
  });

  it('where whoever registers could say whose they are', async () => {
    const { resource } = userResource(
      { tenantField: 'orgId', fields: { name: 'text', orgId: 'text' } },
      { accept: ['orgId'] },
    );
    expect(await problemsOf({ resources: [resource], app: { tenants } })).toEqual([
      'resources.user.strategies.password.accept',
    ]);
  });
});
