import { unusable } from './sql.options.js';

/**
 * Imports an optional peer when a database is opened, so that apps without it can load this library.
 *
 * @throws {ConfigurationInvalid} whose cure is the command to run.
 */
export async function loadPackage<T>(load: () => Promise<T>, name: string, packages: readonly string[]): Promise<T> {
  try {
    return await load();
  } catch {
    throw unusable('packages', `the package "${name}" cannot be loaded`, `npm install ${packages.join(' ')}`);
  }
}
