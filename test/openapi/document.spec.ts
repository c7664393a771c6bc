import { Controller, Get, Post, Version, VersioningType } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiSecurity,
  ApiSeeOtherResponse,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { afterEach, describe, expect, it } from '@jest/globals';
import openapiTS from 'openapi-typescript';
import { AuthPlug, definePhase, flag, json, JsonAuthPlug, optionalText, text, type Strategy } from 'nest-auth-plug';
import { openApi } from 'nest-auth-plug/openapi';
import type { AuthTestApp, AuthTestAppOptions, Platform } from 'nest-auth-plug/testing';
import { userResource, type User } from '../users.js';
import { askedFor, describedApp, documentOf, operationIn, operationsIn, outline } from './documented.js';

const SIGN_IN = 'post /auth/user/password/sign-in';

describe.each<Platform>(['express', 'fastify'])('the document of an app on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function documentFor(options: Partial<AuthTestAppOptions> = {}) {
    const app = await describedApp({ platform, ...options });
    open.push(app);
    return documentOf(app);
  }

  it('is valid OpenAPI, of both versions that Swagger writes', async () => {
    const document = await documentFor();

    await expect(openapiTS(JSON.stringify(document), { silent: true })).resolves.not.toEqual([]);
    const newer = JSON.stringify({ ...document, openapi: '3.1.0' });
    await expect(openapiTS(newer, { silent: true })).resolves.not.toEqual([]);
  });

  it('shows neither the fallback, nor HEAD and OPTIONS, nor what is switched off', async () => {
    const { resource } = userResource({}, { routes: { change: { enabled: false } } });
    const names = [...operationsIn(await documentFor({ resources: [resource] })).keys()];

    expect(names).toContain(SIGN_IN);
    expect(names).not.toContain('post /auth/user/password/change');
    expect(names.filter((name) => !/^(get|post|delete) \/auth\/user\/[a-z]/.test(name))).toEqual([]);
  });

  it('says no secret, no sender and no table', async () => {
    const written = JSON.stringify(await documentFor());

    for (const secret of ['k5RrJ0vQ', 'passwordHash', 'password_hash', 'argon2', '"users"', 'localhost', 'default"']) {
      expect(written).not.toContain(secret);
    }
  });

  it('has routes where they are: prefix with exclusions, versions, paths of the app', async () => {
    @Controller({ path: 'auth', version: '2' })
    class VersionedPlug extends JsonAuthPlug<User> {}
    const { resource } = userResource({}, { routes: { register: { path: 'join' } } });
    const document = await documentFor({
      resources: [resource],
      plug: VersionedPlug,
      configure: (nest) => {
        nest.setGlobalPrefix('api', { exclude: ['auth/user/session/list'] });
        nest.enableVersioning({ type: VersioningType.URI });
      },
    });
    const names = [...operationsIn(document).keys()];
    const client = open[0]?.client();
    const statuses = names.map(async (name) => {
      const [verb = '', path = ''] = name.split(' ');
      return (await client?.request(verb.toUpperCase(), path))?.status;
    });

    expect(names).toContain('post /api/v2/auth/user/password/sign-in');
    expect(names).toContain('post /api/v2/auth/user/password/join');
    expect(names).toContain('get /v2/auth/user/session/list');
    expect(names.filter((name) => name.includes('register') || name.includes(' /auth'))).toEqual([]);
    expect(
      (await Promise.all(statuses)).filter((status) => status !== 200 && status !== 401 && status !== 422),
    ).toEqual([]);
  });

  it('keeps the versions of a plug apart', async () => {
    @Controller({ path: 'auth', version: ['1', '2'] })
    class TwiceVersionedPlug extends JsonAuthPlug<User> {}
    const configure: AuthTestAppOptions['configure'] = (nest) => nest.enableVersioning({ type: VersioningType.URI });
    const document = await documentFor({ plug: TwiceVersionedPlug, configure });
    const [first, second] = ['1', '2'].map((v) => operationIn(document, `post /v${v}/auth/user/password/sign-in`));

    expect(first?.operationId).not.toBe(second?.operationId);
    await expect(openapiTS(JSON.stringify(document), { silent: true })).resolves.not.toEqual([]);
  });

  it('takes a version that is asked for by header', async () => {
    @Controller({ path: 'auth', version: '2' })
    class HeaderPlug extends JsonAuthPlug<User> {}
    const document = await documentFor({
      plug: HeaderPlug,
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });

    expect(operationIn(document, SIGN_IN).operationId).toBe('HeaderPlug_user_password_signIn_2');
  });

  it("shows a route of the app's own in place of a generated one, as the app describes it", async () => {
    @Controller('auth')
    class OwnRoutes extends JsonAuthPlug<User> {
      @Post('user/password/sign-in')
      @ApiOperation({ summary: 'Mine' })
      signIn(): object {
        return {};
      }
      @Version('3')
      @Get('me')
      me(): object {
        return {};
      }
    }
    const document = await documentFor({ plug: OwnRoutes });

    expect(operationIn(document, SIGN_IN)).toMatchObject({ summary: 'Mine', operationId: 'OwnRoutes_signIn' });
    expect(operationIn(document, SIGN_IN)).not.toHaveProperty('requestBody');
    expect(operationIn(document, 'get /auth/me')).toMatchObject({ tags: ['OwnRoutes'] });
    expect(operationIn(document, 'post /auth/user/password/register')).toHaveProperty('requestBody');
  });

  it('lets decorators of a route say it better', async () => {
    class Greeting {
      @ApiProperty({ type: String })
      declare readonly words: string;
    }
    const decorators = [
      ApiOperation({ summary: 'Come in', description: 'Please.' }),
      ApiOkResponse({ description: 'Hello', type: Greeting }),
      ApiUnauthorizedResponse({ description: 'No' }),
      ApiTags('door'),
      ApiSecurity('key'),
    ];
    const { resource } = userResource({}, { routes: { 'sign-in': { decorators } } });
    const operation = operationIn(await documentFor({ resources: [resource] }), SIGN_IN);

    expect(operation).toMatchObject({ summary: 'Come in', description: 'Please.', security: [{ key: [] }] });
    expect(operation.tags).toContain('door');
    expect(operation.tags).not.toContain('user');
    expect(operation.responses['200']).toEqual({
      description: 'Hello',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Greeting' } } },
    });
    expect(operation.responses['401']).toEqual({ description: 'No' });
    expect(Object.keys(operation.responses)).toEqual(['200', '401', '403', '422', '429', '503']);
    expect(operation.requestBody).toMatchObject({ required: true });
  });

  it('shows another success alone where the app tells of one', async () => {
    const { resource } = userResource({}, { routes: { 'sign-in': { decorators: [ApiSeeOtherResponse()] } } });
    const success = () => ({ status: 303, description: 'Home' });
    const documents = [
      await documentFor({ resources: [resource] }),
      await documentFor({ app: { openApi: openApi({ success }) } }),
    ];

    for (const document of documents) {
      expect(Object.keys(operationIn(document, SIGN_IN).responses).filter((status) => status < '4')).toEqual(['303']);
    }
  });

  it('describes answers as the app does, activity by activity', async () => {
    const document = await documentFor({
      app: {
        openApi: openApi({
          success: ({ activity: [, phase] }) =>
            phase === 'sign-in' ? { schema: { type: 'object', title: 'SignedIn' }, description: 'In' } : undefined,
          failure: ({ activity: [, phase] }) =>
            phase === 'sign-in' ? [{ status: 418, description: 'No' }] : undefined,
        }),
      },
    });
    const [signIn, register] = [SIGN_IN, 'post /auth/user/password/register'].map((name) =>
      operationIn(document, name),
    );

    expect(Object.keys(signIn?.responses ?? {})).toEqual(['200', '418', '503']);
    expect(signIn?.responses['200']).toMatchObject({
      description: 'In',
      content: { 'application/json': { schema: { title: 'SignedIn' } } },
    });
    expect(Object.keys(register?.responses ?? {})).toEqual(['200', '401', '403', '422', '429', '503']);
  });

  it('claims nothing about callbacks that the app overrides, and knows those of AuthPlug', async () => {
    @Controller('auth')
    class Bare extends AuthPlug<User> {}
    @Controller('auth')
    class Own extends AuthPlug<User> {
      override handleSuccess() {
        return Promise.resolve({ fine: true });
      }
      override handleFailure() {
        return { fine: false };
      }
    }
    const [bare, own] = [await documentFor({ plug: Bare }), await documentFor({ plug: Own })];

    expect(operationIn(bare, SIGN_IN).responses).toMatchObject({
      '200': { content: { 'text/plain': { schema: { type: 'string' } } } },
      '401': { content: { 'text/plain': { schema: { type: 'string' } } } },
    });
    expect(Object.keys(operationIn(own, SIGN_IN).responses)).toEqual(['200', '503', '4XX']);
    expect(operationIn(own, SIGN_IN).responses['200']).not.toHaveProperty('content');
    await expect(openapiTS(JSON.stringify(own), { silent: true })).resolves.not.toEqual([]);
  });

  it('says that a request for a resource with tenants may name none', async () => {
    const { resource } = userResource({ tenantField: 'orgId' });
    const tenants = { resolve: () => 'acme' };

    const operation = operationIn(
      await documentFor({ resources: [resource], app: { tenants, openApi: openApi() } }),
      SIGN_IN,
    );

    expect(Object.keys(operation.responses)).toEqual(['200', '400', '401', '403', '422', '429', '503']);
  });

  it('keeps two resources apart, and shows rooms that the app wrote', async () => {
    const { resource: user } = userResource({ strategies: [keys] });
    const { resource: admin } = userResource({ subjectName: 'admin', table: 'admins' });
    const document = await documentFor({ resources: [user, admin] });

    expect(askedFor(operationIn(document, 'post /auth/admin/password/change'))).toBe('admin-bearer | admin-session');
    expect(operationIn(document, 'post /auth/admin/password/change').tags).toEqual(['admin']);
    expect(Object.keys(document.components?.securitySchemes ?? {}).toSorted()).toEqual([
      'admin-bearer',
      'admin-session',
      'user-bearer',
      'user-session',
    ]);
    const [make, unmake, read] = ['post', 'delete', 'get'].map((verb) =>
      outline(operationIn(document, `${verb} /auth/user/door-keys${verb === 'get' ? '' : '/make'}`)),
    );
    expect(make).toEqual({
      operationId: 'TestAuthPlug_user_doorKeys_make',
      summary: 'Door keys: make',
      tags: 'user',
      security: 'user-bearer | user-session',
      body: [
        'application/json label? (string 0..200), shared? (boolean 0..), shape! (object 0..), returnTo? (string 0..)',
      ],
      answers: '200 401 403 404 422 429 503',
    });
    expect(unmake).toEqual({ ...make, operationId: 'TestAuthPlug_user_doorKeys_make_delete' });
    expect(read).toEqual({
      operationId: 'TestAuthPlug_user_doorKeys_read_get',
      summary: 'Door keys: read',
      tags: 'user',
      security: 'nobody',
      parameters: ['query door', 'query hinges'],
      answers: '200 401 422 503',
    });
    await expect(openapiTS(JSON.stringify(document), { silent: true })).resolves.not.toEqual([]);
  });
});

describe('the document of the password app', () => {
  it('shows every generated route once, the same on both platforms', async () => {
    const apps = await Promise.all([describedApp(), describedApp({ platform: 'fastify' })]);
    const [document, other] = [documentOf(apps[0]), documentOf(apps[1])];
    const outlines = [...operationsIn(document)].map(([name, operation]) => [name, outline(operation)]);

    expect(other).toEqual(document);
    expect(Object.fromEntries(outlines)).toMatchSnapshot('operations');
    expect(document.components).toMatchSnapshot('components');
    expect(operationIn(document, SIGN_IN)).toMatchSnapshot('one operation');
    for (const app of apps) await app.close();
  });
});

describe('an app that does not describe itself', () => {
  it('gets nothing from Swagger but its routes', async () => {
    const app = await describedApp({ app: { openApi: undefined } });
    const operation = operationIn(documentOf(app), SIGN_IN);

    expect(operation).toEqual({
      operationId: 'TestAuthPlug_user_password_signIn',
      parameters: [],
      responses: { '200': { description: '' } },
      tags: ['TestAuthPlug'],
    });
    await app.close();
  });
});

const keys: Strategy<User> = {
  name: 'door-keys',
  phases: [
    definePhase({
      name: 'make',
      methods: ['POST', 'DELETE'],
      fields: { label: optionalText(), shared: flag(), shape: json() },
      actor: 'fresh-user',
      guess: 'message',
      run: () => Promise.resolve({ kind: 'done' as const }),
    }),
    definePhase({
      name: 'read',
      path: '',
      methods: ['GET'],
      fields: { door: text({ maxBytes: 7 }), hinges: optionalText() },
      actor: 'anyone',
      run: () => Promise.resolve({ kind: 'done' as const }),
    }),
  ],
};
