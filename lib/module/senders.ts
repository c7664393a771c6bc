import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { Message, MessageDelivery, Sender } from '../senders/index.js';
import { findBrought } from './brought.js';
import type { OtpApp } from './otp-app.js';
import type { ResolvedOptions } from './resolve-options.js';

/** The senders of an app by resource, room and purpose, and what stands before them. */
export class Senders {
  readonly #found = new Map<string, Sender>();
  #delivery: MessageDelivery = { deliver: (message, sender) => sender.send(message) };

  /** @returns what could not be found or made, or must not be there in production */
  async find(
    { resources, delivery }: OtpApp,
    modules: ModuleRef,
    environment: ResolvedOptions['environment'],
  ): Promise<readonly Problem[]> {
    const problems = delivery === undefined ? [] : await this.#findDelivery(delivery, modules);
    for (const { subjectName, rooms } of resources) {
      for (const room of rooms) {
        for (const [purpose, reference] of Object.entries(room.senders ?? {})) {
          const where = `resources.${subjectName}.${room.name}.senders.${purpose}`;
          const found = await findBrought(reference, 'send', modules);
          if ('wrong' in found) {
            problems.push({ where, ...found });
            continue;
          }
          const sender = found.part as Sender; // it has the method; what purposes it is for was the compiler's to check
          if (sender.developmentOnly && environment === 'production') problems.push({ where, ...UNSENT });
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

  deliver(message: Message, sender: Sender): unknown {
    return this.#delivery.deliver(message, sender);
  }

  async #findDelivery(reference: NonNullable<OtpApp['delivery']>, modules: ModuleRef): Promise<Problem[]> {
    const found = await findBrought(reference, 'deliver', modules);
    if ('wrong' in found) return [{ where: 'delivery', ...found }];
    this.#delivery = found.part as MessageDelivery; // it has the method
    return [];
  }
}

const UNSENT = {
  wrong: 'reaches nobody: it is for development',
  cure: "write a class with `send(message)` that mails, or say environment: 'development'",
};

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
