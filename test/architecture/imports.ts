import { importsOf, type Import, type Sources } from './sources.js';

/** The table of DESIGN §3: a folder may import those of lower layers. */
const LAYER: Readonly<Record<string, number>> = {
  errors: 0,
  time: 0,
  crypto: 0,
  secrets: 0,
  devices: 0,
  network: 0,
  resources: 1,
  'hash-providers': 1,
  senders: 1,
  'breach-checks': 1,
  pages: 1,
  strategy: 2,
  series: 2,
  tokens: 3,
  limits: 3,
  sessions: 4,
  activities: 5,
  contexts: 5,
  plug: 6,
  guards: 6,
  module: 7,
  openapi: 8,
  testing: 8,
  schematics: 8,
  cli: 8,
};

/** Folders whose children are rooms, each a unit of its own, and the highest layer that a room may import. */
const ROOMS: Readonly<Record<string, number>> = { strategies: 2, 'add-ons': 2, adapters: 0 };

/** What is the same for every app at one provider, and what each is made of. */
const OIDC_PRESETS = ['apple', 'auth0', 'gitlab', 'google', 'microsoft', 'okta', 'slack'];
const OAUTH2_PRESETS = ['discord', 'facebook', 'github', 'linkedin'];

/** What the table does not say; each with its reason. */
const EXCEPTIONS: readonly Exception[] = [
  { from: 'secrets', to: 'errors', why: 'a bad secret is a ConfigurationInvalid' },
  { from: 'secrets', to: 'crypto', why: 'keys are derived from a secret' },
  { from: 'resources', to: 'strategy', typeOnly: true, why: 'defineResource takes a list of strategies' },
  { from: 'pages', to: 'strategy', typeOnly: true, why: 'a page is the SafeHtml of AuthReply.html' },
  { from: 'adapters', to: 'resources', typeOnly: true, why: 'the port of the data layer' },
  { from: 'adapters/*', to: 'resources', typeOnly: true, why: 'the port of the data layer' },
  { from: 'adapters/*', to: 'adapters', why: 'what every adapter does alike stands beside the rooms' },
  { from: 'adapters/*', to: 'limits', typeOnly: true, why: 'the port of the counters' },
  { from: 'contexts', to: 'activities', typeOnly: true, why: 'what a request says is the input of an activity' },
  { from: 'strategies/oidc', to: 'strategies/oauth2', why: 'OIDC is OAuth 2.0 with an ID token' },
  { from: 'strategies/dynamic-oidc', to: 'strategies/oidc', why: 'OIDC with issuers from rows' },
  ...[...OIDC_PRESETS, ...OAUTH2_PRESETS].map((preset) => ({
    from: `strategies/${preset}`,
    to: 'strategies/oauth2',
    why: 'a preset is options of it',
  })),
  ...OIDC_PRESETS.map((preset) => ({
    from: `strategies/${preset}`,
    to: 'strategies/oidc',
    why: 'a preset is options of it',
  })),
];

/** The rooms that are nothing without this one: they go with it. */
export function roomsOn(path: string): readonly string[] {
  const direct = EXCEPTIONS.filter(({ from, to }) => to === path && from.startsWith('strategies/')).map(
    ({ from }) => from,
  );
  return [...new Set(direct.flatMap((one) => [one, ...roomsOn(one)]))];
}

interface Exception {
  readonly from: string;
  readonly to: string;
  readonly typeOnly?: true;
  readonly why: string;
}

/** A library is imported in its room alone. */
const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@nestjs/swagger': ['openapi'],
  '@nestjs/': ['plug', 'module', 'guards', 'contexts', 'openapi', 'testing', 'schematics'],
  rxjs: ['plug', 'module', 'guards', 'contexts', 'testing'],
  'reflect-metadata': ['plug', 'module', 'guards', 'contexts', 'testing'],
  '@node-rs/argon2': ['hash-providers/argon2'],
  bowser: ['devices'],
  oauth4webapi: ['strategies/oauth2', 'strategies/oidc', 'strategies/dynamic-oidc'],
  bcrypt: ['hash-providers/bcrypt'],
  cookie: ['sessions', 'testing'],
  'escape-html': ['pages', 'senders'],
  nodemailer: ['senders/nodemailer'],
  '@simplewebauthn/server': ['strategies/webauthn'],
  jose: ['tokens', 'strategies/apple', 'strategies/oauth2', 'strategies/oidc', 'strategies/dynamic-oidc', 'testing'],
  kysely: ['adapters/sql'],
  libsql: ['adapters/sql'],
  pg: ['adapters/sql'],
  mysql2: ['adapters/sql'],
  typeorm: ['adapters/typeorm'],
  'drizzle-orm': ['adapters/drizzle'],
  uqr: ['strategies/totp'],
  // The command line loads the file that it is given.
  'pathToFileURL(resolve(file)).href': ['cli'],
};

/** Imports that the tables above do not allow, as lines to read. */
export function forbiddenImports(sources: Sources): readonly string[] {
  return importsOf(sources)
    .filter((found) => !(found.relative ? mayImport(found) : mayUseLibrary(found)))
    .map(({ from, to, typeOnly }) => `${from} may not import ${typeOnly ? 'types of ' : ''}${to}`);
}

/** `tokens` of `lib/tokens/jws.ts`; `strategies/password` for a room; `` for the front door. */
export function unitOf(path: string): string {
  const [, folder = '', child = '', rest] = path.split('/');
  if (child === '') return '';
  return folder in ROOMS && rest !== undefined ? `${folder}/${child}` : folder;
}

function mayImport({ from, to, typeOnly }: Import): boolean {
  const [importer, imported] = [unitOf(from), unitOf(to)];
  if (importer === imported && importer !== '') return true;
  if (EXCEPTIONS.some((exception) => matches(exception, importer, imported, typeOnly))) return true;
  const target = LAYER[imported];
  const isOutermost = LAYER[importer] === LAYER['testing'];
  if (target === undefined || target === LAYER['testing'])
    return isOutermost && target === undefined && imported !== '';
  return target <= ceilingOf(importer);
}

function ceilingOf(unit: string): number {
  const room = ROOMS[unit.split('/')[0] ?? ''];
  if (room !== undefined) return room;
  if (unit === '') return 7; // the front door
  return (LAYER[unit] ?? 0) - 1; // a folder that the table does not know may import nothing
}

function matches(exception: Exception, importer: string, imported: string, typeOnly: boolean): boolean {
  const [folder, every] = exception.from.split('/');
  const importerFits = every === '*' ? importer.startsWith(`${folder}/`) : importer === exception.from;
  return importerFits && imported === exception.to && (typeOnly || exception.typeOnly === undefined);
}

function mayUseLibrary({ from, to }: Import): boolean {
  if (to.startsWith('node:')) return true;
  const name = Object.keys(LIBRARY_HOMES).find((known) => to === known || to.startsWith(known.replace(/\/?$/, '/')));
  return name !== undefined && (LIBRARY_HOMES[name] ?? []).some((home) => from.startsWith(`lib/${home}/`));
}

/**
 * Circles of files, each as `a → b → a`. Type imports count between folders; within one, a part may name the type of the whole
 * that makes it.
 */
export function circles(sources: Sources): readonly string[] {
  const edges = new Map<string, readonly string[]>();
  for (const { from, to, relative, typeOnly } of importsOf(sources)) {
    const counts = relative && !(typeOnly && unitOf(from) === unitOf(to));
    if (counts) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const found = new Map<string, string>();
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start !== -1) {
      const circle = way.slice(start);
      found.set(circle.toSorted().join(), [...circle, path].join(' → '));
    }
    if (start !== -1 || done.has(path)) return;
    for (const to of edges.get(path) ?? []) walk(to, [...way, path]);
    done.add(path);
  };
  for (const path of Object.keys(sources)) walk(path, []);
  return [...found.values()];
}
