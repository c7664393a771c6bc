import { dirname, resolve } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import type { OpenAPIObject } from '@nestjs/swagger';

const FOLDER = resolve('test', 'openapi', 'generated');

/** What openapi-typescript makes of a document: `export interface paths …`. */
export async function schemaOf(document: OpenAPIObject): Promise<string> {
  return astToString(await openapiTS(JSON.stringify(document), { silent: true }));
}

/** What the compiler says of a module beside the schema `./schema.js`, in a folder that is not there. */
export function compileWith(schema: string, code: string): readonly string[] {
  const files = new Map([
    [resolve(FOLDER, 'schema.ts'), schema],
    [resolve(FOLDER, 'client.ts'), code],
  ]);
  const program = ts.createProgram([...files.keys()], options(), hostWith(files));
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** As an app of the outside: for fetch it needs the types of a browser. */
function options(): ts.CompilerOptions {
  const { NodeNext } = ts.ModuleKind;
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
  return {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib,
    types: [],
  };
}

function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options());
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path) ?? host.readFile(path),
    directoryExists: (path) => path === FOLDER || path === dirname(FOLDER) || ts.sys.directoryExists(path),
    getSourceFile: (path, version, ...rest) => {
      const text = files.get(path);
      return text === undefined ? host.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
    },
  };
}
