import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { afterEach, describe, expect, it } from '@jest/globals';
import createClient, { type Client } from 'openapi-fetch';
import ts from 'typescript';
import { BearerUserGuard, CurrentUser } from 'nest-auth-plug';
import { Auth } from 'nest-auth-plug/openapi';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { PASSWORD, type User } from '../users.js';
import { compileWith, schemaOf } from './compile.js';
import { describedApp, documentOf } from './documented.js';

class Greeting {
  @ApiProperty({ type: String })
  declare readonly hello: string;
}

@Auth(BearerUserGuard)
@Controller('api')
class ApiController {
  @Get()
  @ApiOkResponse({ type: Greeting })
  index(@CurrentUser() user: User): Greeting {
    return { hello: user.name };
  }
}

/** What a front end would write: checked against the generated types, and then run as it is. */
const VISIT = `
import type { Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

const email = 'ada@example.com';

export async function visit(client: Client<paths>, password: string) {
  const registered = await client.POST('/auth/user/password/register', {
    body: { email, name: 'Ada', password, passwordConfirmation: password },
  });
  const short = await client.POST('/auth/user/password/register', {
    body: { email: 'eve@example.com', password: 'a', passwordConfirmation: 'b' },
  });
  const problems: string[] | undefined = short.error?.problems?.map(({ field }) => field);
  const wrong = await client.POST('/auth/user/password/sign-in', { body: { email, password: 'not this one' } });
  const refusal: components['schemas']['AuthRefusal'] | undefined = wrong.error;
  const signedIn = await client.POST('/auth/user/password/sign-in', { body: { email, password } });
  const token: string | undefined = signedIn.data?.token;
  const stranger = await client.GET('/api');
  const greeted = await client.GET('/api', { headers: { authorization: \`Bearer \${token}\` } });
  const hello: string | undefined = greeted.data?.hello;
  const statuses = [registered, short, wrong, signedIn, stranger, greeted].map(({ response }) => response.status);
  return { statuses, problems, code: refusal?.code, hello };
}

export async function mistakes(client: Client<paths>) {
  // @ts-expect-error a password is needed
  await client.POST('/auth/user/password/sign-in', { body: { email } });
  // @ts-expect-error there is no such place
  await client.POST('/auth/user/password/sign-on', { body: { email, password: 'a' } });
  // @ts-expect-error it is POST
  await client.GET('/auth/user/password/sign-in');
}
`;

const VISITED = {
  statuses: [200, 422, 401, 200, 401, 200],
  problems: ['password', 'passwordConfirmation'],
  code: 'ERR_AUTHENTICATION_FAILED',
  hello: 'Ada',
};

describe('a client that is generated from the document', () => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(platform: Platform): Promise<AuthTestApp> {
    const app = await describedApp({ platform, controllers: [ApiController] });
    open.push(app);
    return app;
  }

  it('compiles, and does not with what no route takes', async () => {
    const schema = await schemaOf(documentOf(await boot('express')));

    expect(compileWith(schema, VISIT)).toEqual([]);
  }, 60_000);

  it.each<Platform>(['express', 'fastify'])(
    'registers, signs in and reads what is guarded, on %s',
    async (platform) => {
      const { url } = await boot(platform);

      expect(await visit(url)).toEqual(VISITED);
    },
  );
});

/** The visit with its types taken off, as bundlers do. */
async function visit(baseUrl: string): Promise<unknown> {
  const { outputText } = ts.transpileModule(VISIT, { compilerOptions: { target: ts.ScriptTarget.ES2023 } });
  const module = (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as {
    visit(client: Client<object>, password: string): Promise<unknown>;
  }; // as VISIT says
  return module.visit(createClient<object>({ baseUrl }), PASSWORD);
}
