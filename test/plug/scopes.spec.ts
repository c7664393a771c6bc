import { Controller, Inject, Injectable, Scope, type Type } from '@nestjs/common';
import { ContextIdFactory, REQUEST, type ContextId, type HostComponentInfo } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthReply,
  JsonAuthPlug,
  type Activity,
  type AuthContext,
  type AuthError,
  type Message,
  type Sender,
} from 'nest-auth-plug';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { PlainHash } from '../rooms/plain-hash.js';
import { userResource, type User } from '../users.js';
import { ADA, mountedApp, REGISTER, RIGHT, SIGN_IN } from './mounted-app.js';

interface Request {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Answers with who it is and what it has injected. */
abstract class TellingPlug extends JsonAuthPlug<User> {
  static made = 0;
  readonly number = (TellingPlug.made += 1);
  abstract tell(): string;

  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    await super.handleSuccess(ctx, activity, user, token);
    return { told: this.tell(), number: this.number };
  }
  override handleFailure(_ctx: AuthContext, _activity: Activity, { code }: AuthError) {
    return AuthReply.json({ told: this.tell(), number: this.number, code }, 400);
  }
}

@Controller({ path: 'auth', scope: Scope.REQUEST })
class RequestPlug extends TellingPlug {
  constructor(@Inject(REQUEST) private readonly request: Request) {
    super();
  }
  tell(): string {
    return this.request.headers['x-who'] ?? 'nobody';
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestFacts {
  constructor(@Inject(REQUEST) readonly request: Request) {}
}

@Controller('auth')
class InfectedPlug extends TellingPlug {
  constructor(private readonly facts: RequestFacts) {
    super();
  }
  tell(): string {
    return this.facts.request.headers['x-who'] ?? 'nobody';
  }
}

@Controller({ path: 'auth', scope: Scope.TRANSIENT })
class TransientPlug extends TellingPlug {
  tell(): string {
    return 'anybody';
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class ShopFacts {
  static made = 0;
  constructor(@Inject(REQUEST) readonly payload: { readonly shop: string; readonly headers?: unknown }) {
    ShopFacts.made += 1;
  }
}

@Controller({ path: 'auth', scope: Scope.REQUEST, durable: true })
class DurablePlug extends TellingPlug {
  constructor(private readonly facts: ShopFacts) {
    super();
  }
  tell(): string {
    return `${this.facts.payload.shop}${this.facts.payload.headers === undefined ? '' : ' holds a request'}`;
  }
}

describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(plug: Type<TellingPlug>, providers: Type<unknown>[] = []) {
    const { app, client } = await mountedApp({ platform, plug, providers });
    open.push(app);
    return client;
  }

  it.each([
    ['is request-scoped', RequestPlug, []],
    ['has something request-scoped injected', InfectedPlug, [RequestFacts]],
  ])('a plug that %s is made for each request, on the fallback as well', async (_, plug, providers) => {
    const client = await boot(plug, providers);
    const as = (who: string) => ({ headers: { 'x-who': who } });

    const answers = [
      await client.post(REGISTER, { json: ADA, ...as('ada') }),
      await client.post(SIGN_IN, { json: { ...RIGHT, password: 'wrong wrong wrong' }, ...as('bob') }),
      await client.get('/auth/nowhere', as('eve')),
      await client.get(SIGN_IN, as('joe')),
    ];

    expect(answers.map(({ body }) => body)).toMatchObject([
      { told: 'ada' },
      { told: 'bob', code: 'ERR_AUTHENTICATION_FAILED' },
      { told: 'eve', code: 'ERR_NOT_FOUND' },
      { told: 'joe', code: 'ERR_METHOD_NOT_ALLOWED' },
    ]);
    const numbers = answers.map(({ body }) => (body as { number: number }).number); // as the plug above answers
    expect(new Set(numbers).size).toBe(4);
    expect(answers[3]?.headers.get('allow')).toBe('POST, OPTIONS');
  });

  it('a transient plug does not boot: Nest would inject nothing', async () => {
    await expect(boot(TransientPlug)).rejects.toThrow(/plug: TransientPlug is transient[\s\S]*leave `scope` out/);
  });

  it('a durable plug is shared by the requests that belong together, and holds none of them', async () => {
    const roots = new Map<string, ContextId>();
    ContextIdFactory.apply({
      attach(contextId: ContextId, request: Request) {
        const shop = request.headers['x-shop'] ?? 'none';
        const root = roots.get(shop) ?? ContextIdFactory.create();
        roots.set(shop, root);
        const resolve = ({ isTreeDurable }: HostComponentInfo) => (isTreeDurable ? root : contextId);
        return { resolve, payload: { shop } };
      },
    });
    try {
      const client = await boot(DurablePlug, [ShopFacts]);
      ShopFacts.made = 0;
      const at = (shop: string) => ({ headers: { 'x-shop': shop } });
      const answers = [
        await client.get('/auth/nowhere', at('books')),
        await client.post(REGISTER, { json: ADA, ...at('books') }),
        await client.post(SIGN_IN, { json: RIGHT, ...at('shoes') }),
        await client.get('/auth/nowhere', at('shoes')),
      ];
      expect(answers.map(({ body }) => (body as { told: string }).told)).toEqual(['books', 'books', 'shoes', 'shoes']);
      expect(ShopFacts.made).toBe(2);
    } finally {
      ContextIdFactory.apply({ attach: (contextId) => () => contextId });
    }
  });
});

describe('a sender', () => {
  const sent: Message[] = [];

  @Injectable({ scope: Scope.TRANSIENT })
  class Lasting implements Sender {
    send(message: Message): Promise<void> {
      sent.push(message);
      return Promise.resolve();
    }
  }

  @Injectable()
  class PerRequest implements Sender {
    constructor(@Inject(REQUEST) readonly request: Request) {}
    send(): Promise<void> {
      return Promise.resolve();
    }
  }

  const boot = (sender: Type<Sender>, providers: Type<unknown>[] = []) => {
    const resettable = { sender, page: '/reset' };
    const { resource } = userResource({}, { hashProvider: new PlainHash(), resettable });
    return mountedApp({ resources: [resource], providers });
  };

  it.each([
    ['made', []],
    ['provided', [PerRequest]],
  ])('that needs a request and is %s does not boot: messages leave when the request is over', async (_, providers) => {
    await expect(boot(PerRequest, providers)).rejects.toThrow(
      /senders\.reset-password: cannot be made: [^\n]*request-scoped[\s\S]*leave `scope` out/,
    );
  });

  it('that is transient is made once for its purpose', async () => {
    const { app, client } = await boot(Lasting, [Lasting]);
    await client.post(REGISTER, { json: ADA });
    await client.post('/auth/user/password/reset-request', { json: { email: ADA.email } });
    await app.idle();
    expect(sent).toHaveLength(1);
    await app.close();
  });
});
