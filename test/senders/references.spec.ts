import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, type Message, type OtpApp, type Sender, type SenderRef } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { ADA, register } from '../security/visit.js';
import { userResource } from '../users.js';

const MAIL = Symbol('mail');
const kept: Message[] = [];

abstract class Mailer implements Sender {
  abstract send(message: Message): Promise<void>;
}

@Injectable()
class KeepingMailer extends Mailer {
  override async send(message: Message): Promise<void> {
    kept.push(message);
  }
}

@Injectable()
class WithProperty implements Sender {
  constructor(@Inject(MAIL) private readonly mail: Message[]) {}
  send = async (message: Message): Promise<void> => void this.mail.push(message);
}

class NoSender {
  readonly name = 'no sender';
}

/** A class as TypeScript compiles it for ES5. */
const OldClass = function OldClass() {} as unknown as new () => Sender; // what it looks like is the point
Object.assign(OldClass.prototype as object, { send: async (message: Message) => void kept.push(message) });

@Module({
  providers: [
    { provide: MAIL, useValue: kept },
    { provide: Mailer, useClass: KeepingMailer },
    { provide: 'MAILER', useExisting: Mailer },
    { provide: 'FUNCTION', useValue: async (message: Message) => void kept.push(message) },
    { provide: 'LATE', useFactory: async () => Promise.resolve(new KeepingMailer()) },
    { provide: 'TRANSIENT', useClass: KeepingMailer, scope: Scope.TRANSIENT },
    { provide: 'REQUEST', useClass: KeepingMailer, scope: Scope.REQUEST },
    { provide: 'NOTHING', useValue: 7 },
    { provide: 'CLASS', useValue: KeepingMailer },
  ],
  exports: [MAIL],
})
class MailModule {}

describe('a sender', () => {
  let app: AuthTestApp | undefined;
  afterEach(async () => {
    kept.length = 0;
    await app?.close();
    app = undefined;
  });

  async function start(sender: SenderRef<'reset-password'>, more: Partial<OtpApp> = {}): Promise<AuthTestApp> {
    const { resource } = userResource({}, { resettable: { sender, page: '/reset' } });
    app = await authTestApp({ resources: [resource], imports: [MailModule], app: more });
    return app;
  }
  async function sends(sender: SenderRef<'reset-password'>, more: Partial<OtpApp> = {}): Promise<readonly Message[]> {
    const running = await start(sender, more);
    await register(running.client());
    await running.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await running.idle();
    return kept;
  }
  async function problemOf(sender: SenderRef<'reset-password'>): Promise<string> {
    const error: unknown = await start(sender).catch((reason: unknown) => reason);
    if (!(error instanceof ConfigurationInvalid)) throw new Error('Expected a start that fails');
    return error.problems.map(({ where, wrong, cure }) => `${where}: ${wrong} → ${cure}`).join('\n');
  }

  it.each<[string, SenderRef<'reset-password'>]>([
    ['an object', { send: async (message) => void kept.push(message) }],
    ['an arrow function', async (message) => void kept.push(message)],
    [
      'a function of the old kind',
      function keep(message: Message) {
        kept.push(message);
      },
    ],
    ['a class', KeepingMailer],
    ['a class whose method is a property', WithProperty],
    ['a class of the old kind', OldClass],
    ['an abstract class that names a provider', Mailer],
    ['a text that names a provider', 'MAILER'],
    ['the token of a function', 'FUNCTION'],
    ['the token of a provider that comes late', 'LATE'],
    ['the token of a transient provider', 'TRANSIENT'],
  ])('may be %s', async (_, sender) => {
    expect(await sends(sender)).toMatchObject([{ purpose: 'reset-password', to: ADA, lifetimeSeconds: 1800 }]);
  });

  it.each<[string, SenderRef<'reset-password'>, RegExp]>([
    [
      'a token of nobody',
      Symbol('nobody'),
      /senders.reset-password: cannot be made: nobody provides Symbol\(nobody\) → pass the/,
    ],
    ['a token of something else', 'NOTHING', /cannot be made: NOTHING has no method `send`/],
    ['a token of a class instead of one that was made', 'CLASS', /cannot be made: CLASS has no method `send`/],
    ['a token that needs a request', 'REQUEST', /REQUEST is request-scoped, .* → leave `scope` out/],
    // As whoever writes JavaScript may: the compiler would say so.
    ['a class that sends nothing', NoSender as never, /cannot be made: NoSender has no method `send`/],
    ['an object that sends nothing', {} as never, /cannot be made: the object has no method `send`/],
  ])('that is %s does not start', async (_, sender, words) => {
    expect(await problemOf(sender)).toMatch(words);
  });

  describe('behind a queue', () => {
    const queue: (readonly [Message, Sender])[] = [];
    afterEach(() => void (queue.length = 0));

    @Injectable()
    class Queue {
      async deliver(message: Message, sender: Sender): Promise<void> {
        queue.push([message, sender]);
      }
    }

    it.each<[string, OtpApp['delivery']]>([
      ['a function', async (message, sender) => void queue.push([message, sender])],
      ['an object', { deliver: async (message, sender) => void queue.push([message, sender]) }],
      ['a class', Queue],
    ])('that is %s, waits there for somebody to send its messages', async (_, delivery) => {
      expect(await sends(KeepingMailer, { delivery })).toEqual([]);

      const [[message, sender] = []] = queue;
      if (message === undefined) throw new Error('Expected a message in the queue');
      await sender?.send(message);
      expect(kept).toMatchObject([{ purpose: 'reset-password', to: ADA }]);
    });

    it('that does not answer, is asked again', async () => {
      let tries = 0;
      const delivery = async (message: Message, sender: Sender) => {
        tries += 1;
        if (tries === 1) throw new Error('no queue');
        await sender.send(message);
      };
      expect(await sends(KeepingMailer, { delivery })).toEqual([]);
      app?.clock.advance(10);
      await app?.idle();

      expect(kept).toHaveLength(1);
    });

    it('that cannot be found, does not start', async () => {
      const { resource } = userResource();
      const starting = authTestApp({ resources: [resource], app: { delivery: 'QUEUE' } });

      await expect(starting).rejects.toMatchObject({
        problems: [{ where: 'delivery', wrong: 'cannot be made: nobody provides QUEUE' }],
      });
    });
  });
});
