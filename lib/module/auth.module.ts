import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { AUTH_CORE, phaseRoutes, type AuthCore, type Log, type PhaseRoute } from '../activities/index.js';
import { ConfigurationInvalid, type Problem } from '../errors/index.js';
import { Public } from '../guards/index.js';
import {
  fallbackController,
  generateController,
  Mount,
  PlugFinder,
  PlugRuntime,
  type Platform,
  type RunningPlug,
} from '../plug/index.js';
import type { OpenDataLayer } from '../resources/index.js';
import { systemClock, type Clock } from '../time/index.js';
import { KeyRefresher } from '../tokens/index.js';
import { AuthBoot } from './auth-boot.js';
import { makeBootKeys, readBootSecrets, type BootKeys } from './boot-keys.js';
import { AuthService } from './auth.service.js';
import { closedDataLayer } from './closed-data-layer.js';
import { AUTH_CLOCK, AUTH_LOG, AUTH_SECRETS, DATA_LAYER } from './injection-tokens.js';
import { modelsOf } from './models-of.js';
import { makeCore, nestLog } from './make-core.js';
import type { LateOptions, OtpApp } from './otp-app.js';
import { resolveOptions, type ResolvedOptions } from './resolve-options.js';
import { Injections } from './injections.js';
import { Senders } from './senders.js';
import { replaceBodyErrors } from './body-errors.js';

/** What the plug, the senders and the options of strategies need injected. */
export type ModuleExtras = Pick<ModuleMetadata, 'imports' | 'providers'>;

/** Options that are made by a factory, from whatever it has injected. */
export interface AsyncOptions extends ModuleExtras {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...dependencies: never[]) => LateOptions | Promise<LateOptions>;
}

const OPTIONS = Symbol('nest-auth-plug options');
const PROBLEMS = Symbol('nest-auth-plug problems');
/** Where the plug stands. */
export const MOUNT = Symbol('nest-auth-plug mount');
const BOOT_KEYS = Symbol('nest-auth-plug boot keys');
const PLUG_RUNTIME = Symbol('nest-auth-plug plug runtime');

/** Made once per app, so that importing it twice is importing one module. */
const made = new WeakMap<OtpApp, DynamicModule>();

/** Registers an `OtpApp`: its routes, guards and services. */
@Module({})
export class AuthModule {
  /** @param extras modules and providers that the plug's constructor, the senders and what is `injected` need */
  static forRoot(app: OtpApp, extras: ModuleExtras = {}): DynamicModule {
    const known = made.get(app);
    if (known !== undefined) return known;
    const module = describeModule(app, { ...extras, useFactory: () => ({}) });
    made.set(app, module);
    return module;
  }

  /** As {@link forRoot}; secrets, data layer and public URL come from a factory. Which strategies exist stays in the app. */
  static forRootAsync(app: OtpApp, options: AsyncOptions): DynamicModule {
    return describeModule(app, options);
  }
}

function describeModule(
  app: OtpApp,
  { imports = [], providers = [], inject = [], useFactory }: AsyncOptions,
): DynamicModule {
  const controller = generateController(app.plug, describedRoutes(app), PLUG_RUNTIME, Public(), publishesKeys(app));
  const late: FactoryProvider = {
    provide: OPTIONS,
    inject,
    useFactory: async (...dependencies: never[]) => resolveOptions(app, await useFactory(...dependencies)),
  };
  return {
    module: AuthModule,
    imports: [...imports, edgeModule(controller, app.fallback)],
    controllers: [controller],
    providers: [...providers, late, ...coreProviders(app, controller)],
    exports: [AuthService, AUTH_CORE, DATA_LAYER],
  };
}

/** Last of a route's decorators is what describes it: it sees what the others said. */
function describedRoutes({ resources, openApi }: OtpApp): readonly PhaseRoute[] {
  const routes = phaseRoutes(resources);
  if (openApi === undefined) return routes;
  return routes.map((route) => ({ ...route, decorators: [...route.decorators, openApi(route)] }));
}

/** With HS256 alone nothing is public. */
function publishesKeys({ signing }: OtpApp): boolean {
  return signing !== undefined && (signing.algorithm !== 'HS256' || signing.overlap === true);
}

function coreProviders(app: OtpApp, controller: Type<RunningPlug>): Provider[] {
  return [
    { provide: AUTH_CLOCK, useValue: systemClock },
    { provide: AUTH_LOG, useFactory: nestLog },
    { provide: PROBLEMS, useFactory: (): Problem[] => [] },
    { provide: Senders, useFactory: () => new Senders() },
    { provide: Injections, useFactory: () => new Injections() },
    {
      provide: AUTH_SECRETS,
      inject: [OPTIONS],
      useFactory: readBootSecrets,
    },
    { provide: BOOT_KEYS, inject: [OPTIONS, AUTH_SECRETS, AUTH_CLOCK, AUTH_LOG], useFactory: makeBootKeys },
    { provide: KeyRefresher, inject: [BOOT_KEYS], useFactory: (keys: BootKeys) => keys.refresher },
    {
      provide: DATA_LAYER,
      inject: [OPTIONS, PROBLEMS],
      useFactory: (options: ResolvedOptions, problems: Problem[]) => openDataLayer(app, options, problems),
    },
    {
      provide: MOUNT,
      inject: [ApplicationConfig, ModulesContainer],
      useFactory: (config: ApplicationConfig, { applicationId }: ModulesContainer) =>
        new Mount(config, controller, () => modulePathOf(applicationId)),
    },
    {
      provide: AUTH_CORE,
      inject: [OPTIONS, BOOT_KEYS, DATA_LAYER, AUTH_CLOCK, Senders, Injections, AUTH_LOG, MOUNT],
      useFactory: (
        options: ResolvedOptions,
        { ring }: BootKeys,
        data: OpenDataLayer,
        clock: Clock,
        senders: Senders,
        injections: Injections,
        log: Log,
        mount: Mount,
      ) => makeCore({ app, options, ring, data, clock, senders, injections, log, mount }),
    },
    {
      provide: PLUG_RUNTIME,
      inject: [AUTH_CORE, HttpAdapterHost, MOUNT],
      useFactory: (core: AuthCore, host: HttpAdapterHost, mount: Mount) => new PlugRuntime(core, host, mount),
    },
    {
      provide: AuthService,
      inject: [AUTH_CORE, HttpAdapterHost],
      useFactory: (core: AuthCore, host: HttpAdapterHost) => new AuthService(core, host),
    },
    {
      provide: AuthBoot,
      inject: [OPTIONS, BOOT_KEYS, DATA_LAYER, AUTH_CORE, Senders, Injections, ModuleRef, AUTH_LOG, PROBLEMS],
      useFactory: (
        options: ResolvedOptions,
        keys: BootKeys,
        data: OpenDataLayer,
        core: AuthCore,
        senders: Senders,
        injections: Injections,
        modules: ModuleRef,
        log: Log,
        problems: readonly Problem[],
      ) => new AuthBoot({ app, options, keys, data, core, senders, injections, modules, log, problems }),
    },
  ];
}

async function openDataLayer(app: OtpApp, options: ResolvedOptions, problems: Problem[]): Promise<OpenDataLayer> {
  if (options.dataLayer === undefined) return closedDataLayer();
  try {
    return await options.dataLayer.open(modelsOf(app));
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) throw error;
    problems.push(...error.problems);
    return closedDataLayer();
  }
}

/** What Nest's `RouterModule` says of a module: the same for every `OtpApp` of a Nest app. */
const MODULE_PATH = '__module_path__';

function modulePathOf(applicationId: string): string {
  const path: unknown = Reflect.getMetadata(MODULE_PATH + applicationId, AuthModule);
  return typeof path === 'string' ? path : '';
}

/**
 * What surrounds the plug: the words of errors in front of it, and behind it the fallback. A module of its own that puts itself
 * last: whatever route anybody wrote comes before its own.
 */
function edgeModule(controller: Type<RunningPlug>, fallback: boolean): Type<NestModule> {
  const byPlatform: Readonly<Record<Platform, Type<unknown>>> = {
    express: fallbackController(controller, 'express', Public()),
    fastify: fallbackController(controller, 'fastify', Public()),
  };

  @Module({ controllers: fallback ? Object.values(byPlatform) : [], providers: [PlugFinder] })
  class AuthEdgeModule implements NestModule {
    constructor(
      @Inject(ModulesContainer) private readonly container: ModulesContainer,
      @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    ) {}

    configure(_consumer: MiddlewareConsumer): void {
      const platform = this.host.httpAdapter.getType();
      const { applicationId } = this.container;
      Reflect.defineMetadata(MODULE_PATH + applicationId, modulePathOf(applicationId), AuthEdgeModule);
      for (const { metatype, controllers } of this.container.values()) {
        if (metatype !== AuthEdgeModule) continue;
        for (const [name, other] of Object.entries(byPlatform)) if (name !== platform) controllers.delete(other);
      }
      moveToEnd(this.container);
      replaceBodyErrors(this.host.httpAdapter, controller);
    }
  }
  depths.set(AuthEdgeModule, depthOf(controller));
  return AuthEdgeModule;
}

/** How many segments deep the plug of each edge module stands. */
const depths = new WeakMap<object, number>();

function depthOf(controller: Type<RunningPlug>): number {
  const path: unknown = Reflect.getMetadata('path', controller);
  return Math.max(...[path].flat().map((one) => String(one).split('/').filter(Boolean).length));
}

/** Every edge module behind all others, and those of nested plugs before those around them: the first route that fits answers. */
function moveToEnd(container: ModulesContainer): void {
  const edges = [...container].flatMap(([token, module]) => {
    const depth = depths.get(module.metatype);
    return depth === undefined ? [] : [{ token, module, depth }];
  });
  for (const { token, module } of edges.toSorted((one, other) => other.depth - one.depth)) {
    container.delete(token);
    container.set(token, module);
  }
}
