import { afterEach, describe, expect, it } from '@jest/globals';
import { defineResource, tenantFromHeader } from 'nest-auth-plug';
import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { ADA, comparable } from '../../security/visit.js';
import { FakeHashProvider } from '../../strategies/password/fake-hash-provider.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import { PASSWORD } from '../../users.js';

const outbox = new Outbox();
let app: AuthTestApp;

interface Person {
  readonly id: string;
  readonly orgId?: string;
  readonly email: string;
  readonly emailConfirmedAt: Date | null;
  readonly backup: string | null;
  readonly backupConfirmedAt: Date | null;
}

function people(subjectName: string, tenantField?: 'orgId') {
  const resettable = { sender: outbox, page: '/reset' };
  return defineResource<Person>({
    subjectName,
    table: `${subjectName}s`,
    tenantField,
    fields: { backup: 'email' },
    strategies: [password({ identityField: 'email', resettable, hashProvider: new FakeHashProvider() })],
    addOns: [
      confirmation({ monitorFields: ['email'], sender: outbox }),
      confirmation({ monitorFields: ['backup'], sender: outbox, name: 'other-confirmation' }),
    ],
  });
}

async function linkAfter(register: (json: object) => Promise<ClientAnswer>, email = ADA): Promise<string> {
  await register({ email, password: PASSWORD, passwordConfirmation: PASSWORD });
  await app.idle();
  return outbox.last(email).link?.searchParams.get('token') ?? '';
}

const registerAt = (subjectName: string) => (json: object) =>
  app.client().post(`/auth/${subjectName}/password/register`, { json });
const confirmAt = (path: string, token: string, field = 'email') =>
  app.client().post(`/auth/${path}/confirm`, { json: { token, field } });

/** With one letter of one part exchanged. */
function altered(token: string, part: 0 | 1 | 2): string {
  const parts = token.split('.');
  const [first = '', ...rest] = parts[part] ?? '';
  parts[part] = [first === 'e' ? 'f' : 'e', ...rest].join('');
  return parts.join('.');
}

describe.each<Platform>(['express', 'fastify'])('a link of elsewhere, on %s,', (platform) => {
  afterEach(async () => {
    await app.close();
    outbox.clear();
  });

  it('[ASVS 9.2.2] [ASVS 9.2.3] confirms nothing: altered, of another resource, add-on or purpose, they are all alike', async () => {
    app = await authTestApp({ platform, resources: [people('user'), people('admin')] });
    const token = await linkAfter(registerAt('user'));
    await app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token') ?? '';

    const answers = [
      await confirmAt('user/confirmation', 'made up'),
      await confirmAt('user/confirmation', altered(token, 0)),
      await confirmAt('user/confirmation', altered(token, 1)),
      await confirmAt('user/confirmation', altered(token, 2)),
      await confirmAt('user/confirmation', token, 'backup'),
      await confirmAt('user/confirmation', token, 'constructor'),
      await confirmAt('user/confirmation', resetToken),
      await confirmAt('user/other-confirmation', token, 'backup'),
      await confirmAt('user/other-confirmation', token),
      await confirmAt('admin/confirmation', token),
    ];

    for (const answer of answers) expect(comparable(answer)).toEqual(comparable(answers[0] ?? answer));
    expect(answers[0]).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    const reset = await app.client().post('/auth/user/password/reset', { json: { resetToken: token, ...typed } });
    expect(reset).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await confirmAt('user/confirmation', token)).toMatchObject({ status: 200 });
    expect(comparable(await confirmAt('user/confirmation', token))).toEqual(comparable(answers[0] as ClientAnswer));
  });

  it('confirms nobody who has the same key or address in another tenant', async () => {
    const tenants = { resolve: tenantFromHeader('x-tenant') };
    app = await authTestApp({ platform, resources: [people('user', 'orgId')], app: { tenants } });
    const at = (tenant: string) => visitorOf(app, tenant);
    const register = (tenant: string) => (json: object) => at(tenant).post('/auth/user/password/register', { json });
    const token = await linkAfter(register('acme'));
    await linkAfter(register('beta'));
    const confirm = (tenant: string) => at(tenant).post('/auth/user/confirmation/confirm', { json: { token } });

    expect(await confirm('beta')).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await confirm('acme')).toMatchObject({ status: 200 });
  });
});
