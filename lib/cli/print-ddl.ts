import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ddlFor, type DdlName } from '../adapters/sql/index.js';
import { modelsOf, type OtpApp } from '../module/index.js';

const DIALECTS: readonly DdlName[] = ['sqlite', 'postgres', 'mariadb'];

export const USAGE = `usage: nest-auth-plug ddl <file> <${DIALECTS.join(' | ')}>

  Prints the tables and indexes that an app needs.
  <file>  built JavaScript that exports what defineOtpApp made, such as dist/auth/otp-app.js
`;

/** What the command line cannot work with. `message` says what was expected and what was found. */
export class UsageError extends Error {}

/**
 * The DDL of the app that a file exports.
 *
 * @param words `ddl`, the file, the dialect
 * @throws {UsageError}
 */
export async function printDdl([command, file, dialect, ...more]: readonly string[]): Promise<string> {
  if (command !== 'ddl' || file === undefined || !isDialect(dialect) || more.length > 0) throw new UsageError(USAGE);
  return ddlFor(dialect, modelsOf(await appIn(file)));
}

function isDialect(word: string | undefined): word is DdlName {
  return DIALECTS.some((dialect) => dialect === word);
}

async function appIn(file: string): Promise<OtpApp> {
  const exported = (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>;
  const apps = Object.values(exported).filter(isOtpApp);
  const [app, ...others] = apps;
  if (app === undefined || others.length > 0) {
    throw new UsageError(`Expected ${file} to export one app of defineOtpApp, found ${apps.length}\n`);
  }
  return app;
}

function isOtpApp(value: unknown): value is OtpApp {
  return typeof value === 'object' && value !== null && 'plug' in value && 'resources' in value && 'name' in value;
}
