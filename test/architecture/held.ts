import ts from 'typescript';
import { nodesOf, parse, type Sources } from './sources.js';

/**
 * What starts empty, is filled while the app runs and outlives the call that fills it, each with what bounds it. What is made of the
 * configuration grows no further. A `WeakMap` holds its values until all of the memory is collected: where one is filled by requests, with
 * more than texts and numbers, V8 takes requests for long-lived, and each costs a third more (see `lib/activities/commits.ts`). Those of
 * strategies are their own, for no list names a room that may be removed.
 */
const BOUNDS: Readonly<Record<string, string>> = {
  'lib/activities/background.ts#idle': 'whoever waits for the end of the app',
  'lib/activities/background.ts#paused': 'MOST_WITH_MESSAGES: each keeps its place',
  'lib/activities/background.ts#waiting': 'MOST_WAITING, and twice that with messages; beyond it is a 503',
  'lib/activities/deliveries.ts#unsent': 'MOST_WITH_MESSAGES of background.ts',
  'lib/adapters/bound-data-layer.ts#allFields': 'one for each table',
  'lib/adapters/memory/memory-data-layer.ts#numbers': 'one for each table',
  'lib/adapters/memory/memory-data-layer.ts#tables': 'the data itself',
  'lib/adapters/memory/memory-table.ts#rows': 'the data itself',
  'lib/adapters/sql/libsql/libsql-database.ts#catalog': 'one for each table',
  'lib/adapters/sql/libsql/libsql-handle.ts#prepared': 'MAX_STATEMENTS',
  'lib/adapters/sql/mariadb/mariadb-database.ts#catalog': 'one for each table',
  'lib/adapters/sql/postgres/postgres-database.ts#catalog': 'one for each table',
  'lib/adapters/sql/statement-cache.ts#byModel': 'one for each table',
  'lib/adapters/turns.ts#waiting': 'the requests in flight: each leaves after the time-out of a call',
  'lib/guards/route-facts.ts#known': 'one for each route',
  'lib/hash-providers/hash-queue.ts#waiting': 'maxWaiting; beyond it is a 503',
  'lib/module/auth.module.ts#made': 'one for each app',
  'lib/module/injections.ts#found': 'one for each part of the app that the configuration names',
  'lib/module/senders.ts#found': 'one for each sender of the configuration',
  'lib/sessions/operation.ts#users': 'one operation',
  'lib/tokens/jws.ts#headers': 'MAX_KNOWN_HEADERS for each set of keys',
  'lib/tokens/key-ring.ts#digesting': 'one for each purpose of each resource',
  'lib/tokens/key-ring.ts#sealing': 'one for each purpose of each resource',
  'lib/tokens/key-ring.ts#signIns': 'one for each resource',
  'lib/tokens/key-ring.ts#signing': 'one for each purpose of each resource',
  'lib/tokens/lru-cache.ts#older': 'the half that was full before',
  'lib/tokens/lru-cache.ts#recent': 'half of maxEntries; then it takes the place of the older half',
};

/** Maps, sets and lists that grow while the app runs, without a bound that is named above; and names that hold nothing. */
export function unboundedHolders(
  sources: Sources,
  bounds: Readonly<Record<string, string>> = BOUNDS,
): readonly string[] {
  const held = new Set(Object.entries(sources).flatMap(([path, text]) => holdersIn(path, text)));
  const unnamed = [...held].filter((name) => !Object.hasOwn(bounds, name));
  const gone = Object.keys(bounds).filter((name) => !held.has(name));
  return [
    ...unnamed.map(
      (name) => `${name} grows while the app runs: bound it, and name the bound in test/architecture/held.ts`,
    ),
    ...gone.map((name) => `${name} is named in test/architecture/held.ts and holds nothing`),
  ];
}

function holdersIn(path: string, text: string): readonly string[] {
  if (/^lib\/(testing|cli)\//.test(path)) return [];
  const kinds = path.startsWith('lib/strategies/') ? /^(Map|Set)$/ : /^(Map|Set|WeakMap)$/;
  const names = nodesOf(parse(path, text)).flatMap((node) => nameOfHolder(node, kinds) ?? []);
  return names.map((name) => `${path}#${name.replace(/^(this\.)?#?/, '')}`);
}

/** The name of a field or of a variable of a file that starts as an empty collection. */
function nameOfHolder(node: ts.Node, kinds: RegExp): string | null {
  if (ts.isPropertyDeclaration(node) || (ts.isVariableDeclaration(node) && isOfFile(node))) {
    return startsEmpty(node.initializer, kinds) && !isReplacedWhole(node.type) ? node.name.getText() : null;
  }
  const assigns = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return assigns && node.left.getText().startsWith('this.') && startsEmpty(node.right, kinds)
    ? node.left.getText()
    : null;
}

/** `readonly Secret[]`: nothing is added to it. */
function isReplacedWhole(type: ts.TypeNode | undefined): boolean {
  return /^(readonly |Readonly)/.test(type?.getText() ?? '');
}

function isOfFile({ parent }: ts.VariableDeclaration): boolean {
  return ts.isVariableStatement(parent.parent) && ts.isSourceFile(parent.parent.parent);
}

function startsEmpty(value: ts.Expression | undefined, kinds: RegExp): boolean {
  if (value === undefined) return false;
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0;
  if (!ts.isNewExpression(value) || !kinds.test(value.expression.getText())) return false;
  return (value.arguments ?? []).length === 0 && !isOfWords(value);
}

/** `new WeakMap<object, string>()`. */
function isOfWords({ expression, typeArguments }: ts.NewExpression): boolean {
  return expression.getText() === 'WeakMap' && /^(string|number)$/.test(typeArguments?.[1]?.getText() ?? '');
}
