import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { describeError, type AuthCore, type Log } from '../activities/index.js';
import { ConfigurationInvalid, type Problem } from '../errors/index.js';
import { countersModel } from '../limits/index.js';
import type { OpenDataLayer } from '../resources/index.js';
import { signInsModel, spentFlowsModel } from '../sessions/index.js';
import { Expunger, tokensModel } from '../tokens/index.js';
import { askRooms, checkApp } from './boot-checks.js';
import type { BootKeys } from './boot-keys.js';
import { bootLines } from './boot-lines.js';
import type { Injections } from './injections.js';
import type { OtpApp } from './otp-app.js';
import type { ResolvedOptions } from './resolve-options.js';
import type { Senders } from './senders.js';

/** What the boot looks at. */
export interface BootParts {
  readonly app: OtpApp;
  readonly options: ResolvedOptions;
  readonly keys: BootKeys;
  readonly data: OpenDataLayer;
  readonly core: AuthCore;
  readonly senders: Senders;
  readonly injections: Injections;
  readonly modules: ModuleRef;
  readonly log: Log;
  /** What opening the data layer found. */
  readonly problems: readonly Problem[];
}

/** Of the time that whoever stops the process gives it: 30 s, on most platforms. */
const DRAIN_SECONDS = 10;

/** Refuses to start an app that cannot work, starts one that can, and closes everything when it stops. */
export class AuthBoot implements OnModuleInit, OnApplicationShutdown {
  readonly #expunger: Expunger;

  constructor(private readonly parts: BootParts) {
    const { data, core, log } = parts;
    const brought = parts.app.resources.flatMap(({ rooms }) => rooms.flatMap((room) => room.models ?? []));
    const own = [signInsModel, spentFlowsModel, tokensModel, countersModel];
    const models = [...own, ...brought].filter((model) => 'expiresAt' in model.columns);
    const report = (error: unknown) => log.error(`Deleting expired rows failed: ${describeError(error)}`);
    this.#expunger = new Expunger({ data, models, clock: core.services.clock, report });
  }

  /** @throws {ConfigurationInvalid} with every problem */
  async onModuleInit(): Promise<void> {
    const problems = await this.#problems();
    if (problems.length > 0) {
      await this.parts.data.close();
      throw new ConfigurationInvalid(problems);
    }
    for (const { rooms } of this.parts.app.resources) for (const room of rooms) await room.prepare?.();
    this.#expunger.start();
    this.parts.keys.refresher.start();
    for (const line of bootLines(this.parts.app, this.parts.options)) this.parts.log.info(line);
  }

  async onApplicationShutdown(): Promise<void> {
    const { background, deliveries } = this.parts.core.services;
    this.parts.keys.refresher.stop();
    await background.drain(DRAIN_SECONDS);
    deliveries.giveUp();
    await this.#expunger.stop();
    await this.parts.data.close();
  }

  async #problems(): Promise<readonly Problem[]> {
    const { app, options, keys, data, senders, injections, modules, problems } = this.parts;
    return [
      ...checkApp(app, options),
      ...(await askRooms(app)),
      ...keys.problems,
      ...problems,
      ...(await data.check()),
      ...(await senders.find(app, modules, options.environment)),
      ...(await injections.find(app, modules)),
    ];
  }
}
