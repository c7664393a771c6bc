import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { Resource } from '../resources/index.js';
import type { Sender, SenderRef } from '../senders/index.js';
import type { ResolvedOptions } from './resolve-options.js';

/** The senders of an app by resource, room and purpose: found among the app's providers, else made with their help. */
export class Senders {
  readonly #found = new Map<string, Sender>();

  /** @returns what could not be found or made, or must not be there in production */
  async find(
    resources: readonly Resource[],
    modules: ModuleRef,
    environment: ResolvedOptions['environment'],
  ): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    for (const { subjectName, rooms } of resources) {
      for (const room of rooms) {
        for (const [purpose, reference] of Object.entries(room.senders ?? {})) {
          const where = `resources.${subjectName}.${room.name}.senders.${purpose}`;
          const sender = await findSender(reference, modules).catch((error: unknown) => whyNot(error));
          if ('wrong' in sender) problems.push({ where, ...sender });
          else if (sender.developmentOnly && environment === 'production') problems.push({ where, ...UNSENT });
          else this.#found.set(keyOf(subjectName, room.name, purpose), sender);
        }
      }
    }
    return problems;
  }

  /** @throws {Error} for a purpose that the room did not declare: a bug in the room */
  get(subjectName: string, room: string, purpose: string): Sender {
    const sender = this.#found.get(keyOf(subjectName, room, purpose));
    if (sender === undefined) throw new Error(`"${room}" declares no sender for "${purpose}"`);
    return sender;
  }
}

const UNSENT = {
  wrong: 'reaches nobody: it is for development',
  cure: "write a class with `send(message)` that mails, or say environment: 'development'",
};
const CURE = 'pass the module that provides what it needs: AuthModule.forRoot(otpApp, { imports: [MailModule] })';

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

async function findSender(reference: SenderRef, modules: ModuleRef): Promise<Sender> {
  if (typeof reference !== 'function') return reference;
  const type = reference as Type<Sender>; // Nest knows what its constructor takes
  const sender = await make(type, modules);
  if (typeof sender.send !== 'function') throw new NoSender(`${type.name} has no method \`send\``);
  return sender;
}

/** What the app provides, else one that is made with its help. */
function make(type: Type<Sender>, modules: ModuleRef): Sender | Promise<Sender> {
  switch (scopeOf(type, modules)) {
    case Scope.REQUEST:
      throw new NoSender(`${type.name} is request-scoped, and messages are sent when the request is over`);
    case Scope.TRANSIENT:
      return modules.resolve(type, undefined, { strict: false });
    case Scope.DEFAULT:
      return modules.get(type, { strict: false });
    case undefined:
      return modules.create(type);
  }
}

/** Also that which its dependencies force on it. Undefined for a class that nobody provides. */
function scopeOf(type: Type<Sender>, modules: ModuleRef): Scope | undefined {
  try {
    return modules.introspect(type).scope;
  } catch {
    return undefined;
  }
}

/** Nest's own text names classes, never values; what a constructor of the app throws may quote its password for mail. */
function whyNot(error: unknown): Omit<Problem, 'where'> {
  if (!(error instanceof Error)) return { wrong: 'cannot be made: its constructor threw no error', cure: CURE };
  const isNests = /^(Unknown|Undefined|Invalid|RequestScoped)\w*Exception$/.test(error.constructor.name);
  const [line = ''] = error.message.split('\n');
  const why = isNests || error instanceof NoSender ? line : `its constructor threw ${error.name}`;
  return { wrong: `cannot be made: ${why}`, cure: line.includes('request-scoped') ? LASTING : CURE };
}

const LASTING =
  'leave `scope` out, of it and of what it is injected: what a message needs of the request goes into the message';

class NoSender extends TypeError {}
