import type { ModuleRef } from '@nestjs/core';
import { AUTH_CORE, type AuthCore } from '../activities/index.js';
import { ConfigurationInvalid } from '../errors/index.js';

/** A class that the app wrote somewhere: which, and where. */
export interface Asker {
  /** As problems tell it: `@UseGuards(SessionUserGuard)`. */
  readonly where: string;
  readonly name: string;
}

/**
 * The core of an `OtpApp`, from any module of the Nest app.
 *
 * @param app its name; null for the only one
 * @throws {ConfigurationInvalid}
 */
export function findCore(modules: ModuleRef, app: string | null, { where, name }: Asker): AuthCore {
  const all = allCores(modules, where);
  const [core, ...others] = app === null ? all : all.filter(({ services }) => services.appName === app);
  if (core !== undefined && others.length === 0) return core;
  const names = all.map(({ services }) => services.appName).join(', ');
  const wrong = core === undefined ? `there is no OtpApp "${app}"` : 'there is more than one OtpApp';
  throw new ConfigurationInvalid([{ where, wrong, cure: `write ${name}.of(otpApp) with one of: ${names}` }]);
}

function allCores(modules: ModuleRef, where: string): readonly AuthCore[] {
  try {
    return modules.get<AuthCore>(AUTH_CORE, { strict: false, each: true });
  } catch {
    const cure = 'import AuthModule.forRoot(otpApp) in the root module';
    throw new ConfigurationInvalid([{ where, wrong: 'there is no OtpApp', cure }]);
  }
}
