import ts from 'typescript';
import { unitOf } from './imports.js';
import { nodesOf, parse, placeOf, type Sources } from './sources.js';

/** A rule looks at one node and says what is wrong with it, or null. */
type Rule = (node: ts.Node, unit: string, path: string) => string | null;

const RULES: readonly Rule[] = [
  (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'says `any`' : null),
  (node) => (ts.isNonNullExpression(node) ? 'claims with `!` that something is there' : null),
  (node) => (isDefinite(node) ? 'claims with `!:` that something is assigned' : null),
  (node) => (isDoubleCast(node) && !isExplained(node) ? 'says `as unknown as` and not why it holds' : null),
  (node, unit) => (unit !== 'time' && readsClock(node) ? 'reads the clock; ask a Clock' : null),
  (node) => (readsEnvironment(node) ? 'reads process.env' : null),
  (node) => (isAwait(node) && !isInFunction(node) ? 'awaits at the top level: require() of it would fail' : null),
  (node, unit, path) =>
    unit !== 'sessions' && path !== 'lib/tokens/user-tokens.ts' && namesUserPurpose(node)
      ? "names the purpose 'user', which is for sessions/ alone"
      : null,
  (node, unit) =>
    unit !== 'sessions' && writesSignIn(node) ? 'makes or names rows of sign_ins, which is for sessions/ alone' : null,
];

/** What the rules above find, as lines to read. */
export function brokenRules(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const file = parse(path, text);
    const broken = nodesOf(file).flatMap((node) =>
      RULES.map((rule) => rule(node, unitOf(path), path))
        .filter((wrong) => wrong !== null)
        .map((wrong) => `${placeOf(node)} ${wrong}`),
    );
    const silenced = /@ts-(ignore|nocheck|expect-error)|(oxlint|eslint)-disable/.exec(text);
    return silenced ? [...broken, `${path} silences a check: ${silenced[0]}`] : broken;
  });
}

/** Folders that hold whatever found no better place. */
export function namelessFolders(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => /\/(utils?|helpers?|common|shared|types|interfaces|misc|lib)\//.test(path));
}

function isDefinite(node: ts.Node): boolean {
  return (ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) && node.exclamationToken !== undefined;
}

function isDoubleCast(node: ts.Node): node is ts.AsExpression {
  return ts.isAsExpression(node) && ts.isAsExpression(node.expression);
}

/** A comment on the line, or on the one above. */
function isExplained(node: ts.Node): boolean {
  const file = node.getSourceFile();
  const lines = file.text.split('\n');
  const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
  const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
  return lines.slice(Math.max(0, first - 1), last + 1).some((line) => /\/\/|^\s*\*/.test(line));
}

/** The time of day. How long something took, by the monotonic clock, is no business of a Clock that tests move. */
function readsClock(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) return /^Date(\.now)?$/.test(node.expression.getText());
  return ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0;
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'env' && node.expression.getText().endsWith('process');
  if (ts.isElementAccessExpression(node)) return node.expression.getText() === 'process';
  if (ts.isVariableDeclaration(node)) return node.initializer?.getText() === 'process';
  return ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
}

function isAwait(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
}

function isInFunction(node: ts.Node): boolean {
  return ts.findAncestor(node, (outer) => ts.isFunctionLike(outer) || ts.isPropertyDeclaration(outer)) !== undefined;
}

/** `'user'` as a purpose; `actor: 'user'` and a resource of that name are other things. */
function namesUserPurpose(node: ts.Node): boolean {
  if (!ts.isStringLiteralLike(node) || node.text !== 'user') return false;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent))
    return /purpose/i.test(parent.name.getText());
  if (ts.isBinaryExpression(parent)) return /purpose/i.test(parent.getText());
  if (ts.isArrayLiteralExpression(parent)) return /purposes?\b[^=:]*[=:]\s*$/i.test(textBefore(parent));
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  return /(^|[.\s])(issue|read|spend|verify)\w*$/.test(parent.expression.getText());
}

function textBefore(node: ts.Node): string {
  const start = node.getStart();
  return node.getSourceFile().text.slice(Math.max(0, start - 80), start);
}

function writesSignIn(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) return /\bsign_ins\b/.test(node.text);
  if (!ts.isCallExpression(node)) return false;
  const [model] = node.arguments;
  return /\.insert(IfAbsent)?$/.test(node.expression.getText()) && /sign_?ins/i.test(model?.getText() ?? '');
}
