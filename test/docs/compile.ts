import { dirname, resolve } from 'node:path';
import ts from 'typescript';
import type { Block } from './markdown.js';

/**
 * What the compiler says of the blocks, as `page:line message`: against the sources of lib/, in one program.
 *
 * Each block is a module. One whose first line names a file (`// auth/otp-app.ts`) can be imported by that name from the
 * other blocks of its page.
 */
export function compileBlocks(blocks: readonly Block[]): readonly string[] {
  const files = new Map(blocks.map((block) => [pathOf(block), block]));
  const program = ts.createProgram([...files.keys()], options(), hostWith(files));
  return [...files].flatMap(([path, block]) => {
    const file = program.getSourceFile(path);
    if (!file) return [`${block.page}:${block.line} was not read by the compiler`];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((found) =>
      inWords(found, block),
    );
  });
}

/** In a folder that is not there, one per page, inside the package: so `nest-auth-plug` is this package. */
function pathOf({ page, line, code }: Block): string {
  const [, named = `line-${line}.ts`] = /^\/\/ ([\w./-]+\.ts)\b/.exec(code) ?? [];
  return resolve('docs', 'blocks', page.replaceAll('.', '-'), named);
}

function options(): ts.CompilerOptions {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: raise };
  const own = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host)?.options;
  // A block shows one thing and need not use it; a block without imports is a module too.
  return { ...own, noUnusedLocals: false, noUnusedParameters: false, moduleDetection: ts.ModuleDetectionKind.Force };
}

function raise({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function hostWith(files: ReadonlyMap<string, Block>): ts.CompilerHost {
  const host = ts.createCompilerHost(options());
  const folders = new Set([...files.keys()].flatMap((path) => [dirname(path), dirname(dirname(path))]));
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path)?.code ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path),
    getSourceFile: (path, version, ...rest) => {
      const block = files.get(path);
      return block ? ts.createSourceFile(path, block.code, version) : host.getSourceFile(path, version, ...rest);
    },
  };
}

function inWords({ file, start = 0, messageText }: ts.Diagnostic, { page, line }: Block): string {
  const offset = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  return `${page}:${line + offset} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
