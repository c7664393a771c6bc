import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import manifest from '../package.json' with { type: 'json' };

/** The file behind each subpath that an app can import, wildcards written out. */
const doors = Object.values(manifest.exports).flatMap((target) =>
  typeof target === 'string' ? [] : sourcesOf(target['nest-auth-plug-source']),
);

function sourcesOf(pattern: string): readonly string[] {
  if (!pattern.includes('*')) return [pattern];
  const folder = dirname(pattern.slice(0, pattern.indexOf('*') + 1));
  const rooms = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return rooms.filter((room) => room.isDirectory()).map((room) => pattern.replace('*', room.name));
}

function programOf(files: readonly string[]): ts.Program {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const options = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host)?.options;
  return ts.createProgram(files, options ?? {});
}

/** `sqlDataLayer`, `type SqlOptions`, in the order of the alphabet. */
function namesIn(program: ts.Program, door: string): readonly string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(door);
  const symbol = file && checker.getSymbolAtLocation(file);
  if (!symbol) return [];
  return checker
    .getExportsOfModule(symbol)
    .map((exported) => {
      const alias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const { flags } = alias ? checker.getAliasedSymbol(exported) : exported;
      const typeOnly = (flags & ts.SymbolFlags.Value) === 0 || isTypeExport(exported);
      return typeOnly ? `type ${exported.name}` : exported.name;
    })
    .toSorted();
}

/** `export type { Html }`: a class, say, of which the outside gets the type alone. */
function isTypeExport({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly));
}

/** Beside the tests of the same part, so that the names of a room go with it: a name on each line. */
function listOf(door: string): string {
  return door.replace(/^\.\/lib(.*)\/index\.ts$/, 'test$1/public-names.txt');
}

// A name that is taken away or renamed breaks somebody's app: it belongs in CHANGELOG.md, under "What you must do". Then
// `UPDATE_PUBLIC_NAMES=1 npm test -- test/public-api` writes the lists anew.
describe('the public names', () => {
  const program = programOf(doors);

  it.each(doors)('of %s', (door) => {
    const names = namesIn(program, door).join('\n');
    if (process.env['UPDATE_PUBLIC_NAMES'] !== undefined) {
      mkdirSync(dirname(listOf(door)), { recursive: true });
      writeFileSync(listOf(door), `${names}\n`);
    }

    expect(names).not.toBe('');
    expect(`${names}\n`).toBe(readFileSync(listOf(door), 'utf8'));
  });
});
