import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** Text by path, `/`-separated and relative to the repository: what a checker reads, real or made up. */
export type Sources = Readonly<Record<string, string>>;

/** Every TypeScript file below a folder of the repository. */
export function readSources(folder: string): Sources {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const paths = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

export interface Import {
  readonly from: string;
  /** A path of the repository for a relative specifier, else the bare specifier. */
  readonly to: string;
  readonly relative: boolean;
  /** Erased by the compiler: it costs nothing and can make no circle at run time. */
  readonly typeOnly: boolean;
}

/** Imports of every form: declarations, re-exports, `import()`, `import('…').T` and `require`. */
export function importsOf(sources: Sources): readonly Import[] {
  return Object.entries(sources).flatMap(([path, text]) =>
    nodesOf(parse(path, text)).flatMap((node) => {
      const found = importIn(node);
      return found === null ? [] : [resolve(path, found.specifier, found.typeOnly)];
    }),
  );
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, /* setParentNodes */ true);
}

/** Every node of a file, depth first. */
export function nodesOf(root: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

/** `lib/time/index.ts:12`. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

function importIn(node: ts.Node): { readonly specifier: string; readonly typeOnly: boolean } | null {
  if (ts.isImportDeclaration(node)) return load(node.moduleSpecifier, isTypeImport(node));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return load(node.moduleSpecifier, isTypeExport(node));
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return load(node.argument.literal, true);
  if (ts.isExternalModuleReference(node)) return load(node.expression, false);
  if (!ts.isCallExpression(node)) return null;
  const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
  const [argument] = node.arguments;
  return loads && argument ? load(argument, false) : null;
}

function load(node: ts.Node, typeOnly: boolean): { readonly specifier: string; readonly typeOnly: boolean } {
  return { specifier: ts.isStringLiteralLike(node) ? node.text : node.getText(), typeOnly };
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false; // for its effects
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause.namedBindings;
  return !importClause.name && !!names && ts.isNamedImports(names) && names.elements.every((name) => name.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  return !!exportClause && ts.isNamedExports(exportClause) && exportClause.elements.every((name) => name.isTypeOnly);
}

function resolve(from: string, specifier: string, typeOnly: boolean): Import {
  if (!specifier.startsWith('.')) return { from, to: specifier, relative: false, typeOnly };
  const to = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return { from, to, relative: true, typeOnly };
}
