import { Logger } from '@nestjs/common';
import {
  AuthCore,
  Background,
  Commits,
  Deliveries,
  describeError,
  tenantAsker,
  type Log,
} from '../activities/index.js';
import { tenantRequest } from '../contexts/index.js';
import { LimitCounters } from '../limits/index.js';
import type { Mount } from '../plug/index.js';
import type { DataLayer } from '../resources/index.js';
import { Tenants } from '../sessions/index.js';
import type { Clock } from '../time/index.js';
import type { KeyRing } from '../tokens/index.js';
import type { Injections } from './injections.js';
import { makeLinks } from './links.js';
import type { OtpApp } from './otp-app.js';
import type { ResolvedOptions } from './resolve-options.js';
import type { Senders } from './senders.js';

/** What a core is made of. */
export interface CoreParts {
  readonly app: OtpApp;
  readonly options: ResolvedOptions;
  readonly ring: KeyRing;
  readonly data: DataLayer;
  readonly clock: Clock;
  readonly senders: Senders;
  readonly injections: Injections;
  readonly log: Log;
  readonly mount: Mount;
}

export function makeCore({ app, options, ring, data, clock, senders, injections, log, mount }: CoreParts): AuthCore {
  const publicUrl = publicUrlOf(options);
  const tenantUrl = options.tenants?.publicUrl ?? null;
  const commits = new Commits();
  const watched = commits.watch(data);
  const background = new Background(clock, (error) =>
    log.error(`Work after an answer failed: ${describeError(error)}`),
  );
  const deliveries = new Deliveries({ deliver: (...what) => senders.deliver(...what), background, clock, log });
  return new AuthCore(
    {
      appName: app.name,
      ...makeLinks({ publicUrl, tenantUrl, mount }),
      publicUrl,
      tenants: new Tenants(watched, askerOf(options, log)),
      issuer: publicUrl.origin,
      ring,
      data: watched,
      clock,
      limits: new LimitCounters({ data: watched, clock, digestKey: () => ring.digestKey('limits') }),
      identityKey: () => ring.digestKey('identity'),
      commits,
      background,
      deliveries,
      log,
      debug: app.debugRefusals,
      senderOf: (...where) => senders.get(...where),
      inject: (ref) => injections.get(ref),
    },
    app.resources,
    { origins: new Set([publicUrl.origin, ...options.trustedOrigins]), cookiePrefix: '__Host-' },
  );
}

/** Where an app with tenants says nothing about them it does not start; until then there are none. */
function askerOf({ tenants }: ResolvedOptions, log: Log): ReturnType<typeof tenantAsker> {
  if (tenants === null) return () => Promise.resolve(null);
  const { resolve, timeoutMs } = tenants;
  return tenantAsker({ resolve: (operation) => resolve(tenantRequest(operation)), timeoutMs, log });
}

/** Nest's logger as this library writes to it. */
export function nestLog(): Log {
  const logger = new Logger('AuthPlug');
  return {
    error: (line) => logger.error(line),
    warn: (line) => logger.warn(line),
    info: (line) => logger.log(line),
    debug: (line) => logger.debug(line),
  };
}

function publicUrlOf({ publicUrl }: ResolvedOptions): URL {
  return new URL(publicUrl !== undefined && URL.canParse(publicUrl) ? publicUrl : 'https://invalid.invalid');
}
