import { resolve } from 'node:path';
import ts from 'typescript';
import { importsIn } from './rooms.js';

/** What is different from the files on disk. */
export interface Change {
  readonly isGone: (path: string) => boolean;
  /** New text by path. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * The type check of the repository as it would be after a change: of the files that the change can have to do with. Files are read and bound
 * once, whatever is changed.
 */
export class TypeCheck {
  readonly #options: ts.CompilerOptions;
  readonly #paths: readonly string[];
  readonly #files = new Map<string, ts.SourceFile | undefined>();

  constructor() {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
    const config = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host);
    this.#options = config?.options ?? {};
    this.#paths = (config?.fileNames ?? []).map(inRepository);
  }

  /** Files of the repository, with their text. */
  sources(): readonly (readonly [path: string, text: string])[] {
    return this.#paths.map((path) => [path, ts.sys.readFile(path) ?? '']);
  }

  /** What the compiler says of whatever imports a file that is gone, or, directly or not, one that has changed. */
  problemsAfter(change: Change): readonly string[] {
    const paths = this.#paths.filter((path) => !change.isGone(path));
    const concerned = this.#concerned(paths, change);
    const roots = concerned.map((path) => resolve(path));
    const program = ts.createProgram(roots, this.#options, this.#host(change));
    return concerned.flatMap((path) => {
      const file = program.getSourceFile(resolve(path));
      return file === undefined ? [`${path} was not read`] : program.getSemanticDiagnostics(file).map(inWords);
    });
  }

  #concerned(paths: readonly string[], { isGone, texts }: Change): readonly string[] {
    const importers = new Map<string, string[]>();
    for (const path of paths) {
      for (const to of importsIn(path, texts[path] ?? ts.sys.readFile(path) ?? '')) {
        importers.set(to, [...(importers.get(to) ?? []), path]);
      }
    }
    const found = new Set(Object.keys(texts));
    for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
    const left = [...importers].flatMap(([to, files]) => (isGone(to) ? files : []));
    return [...new Set([...found, ...left])];
  }

  #host({ isGone, texts }: Change): ts.CompilerHost {
    const host = ts.createCompilerHost(this.#options, /* setParentNodes */ true);
    return {
      ...host,
      // What was built before the change is not there after it.
      fileExists: (path) =>
        !inRepository(path).startsWith('dist/') && !isGone(inRepository(path)) && host.fileExists(path),
      directoryExists: (path) => !isGone(inRepository(path)) && ts.sys.directoryExists(path),
      readFile: (path) => texts[inRepository(path)] ?? host.readFile(path),
      getSourceFile: (path, version) => {
        const text = texts[inRepository(path)];
        if (text !== undefined) return ts.createSourceFile(path, text, version, true);
        if (!this.#files.has(path)) this.#files.set(path, host.getSourceFile(path, version));
        return this.#files.get(path);
      },
    };
  }
}

function inRepository(path: string): string {
  return path.replace(`${resolve()}/`, '');
}

function inWords({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  return `${file === undefined ? '' : inRepository(file.fileName)}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
