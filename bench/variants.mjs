// What is measured. A name is `platform/what`; ratios are to the `bare` route of the same platform in the same round, or to
// `baseline`. `quick` variants are those of `--quick`.
const USERS = 200;
/** More than any cache of tokens holds, so that each token in turn is new. */
const MANY_USERS = 20_000;

const ME = { method: 'GET', path: '/me' };
const SIGN_IN = { method: 'POST', path: '/auth/user/password/sign-in' };
const HASH = { method: 'POST', path: '/verify' };

/** @param check `guarded`: 401 without its credential and with a broken one; `open`: whoever comes gets 200 */
function variant(what, server, { options = {}, users = USERS, check = 'guarded', ...more } = {}) {
  return {
    what,
    server,
    options: { users, ...options },
    check,
    request: ME,
    connections: 32,
    baseline: 'bare',
    ...more,
  };
}

const quick = true;

function floors() {
  return [
    variant('bare', 'floors', { options: { kind: 'bare' }, check: 'open', quick }),
    variant('empty-guard', 'floors', { options: { kind: 'noop' }, check: 'open', quick }),
    variant('hmac-by-hand', 'floors', { options: { kind: 'HS256' }, quick }),
    variant('es256-by-hand', 'floors', { options: { kind: 'ES256' } }),
    variant('eddsa-by-hand', 'floors', { options: { kind: 'EdDSA' } }),
    variant('select-libsql-by-hand', 'hand-select', { options: { store: 'libsql' }, quick }),
    variant('select-postgres-by-hand', 'hand-select', { options: { store: 'postgres' }, needs: 'postgres', quick }),
    variant('select-mariadb-by-hand', 'hand-select', { options: { store: 'mariadb' }, needs: 'mariadb' }),
  ];
}

function stored(store, more = {}) {
  const of = (what, options, extra) =>
    variant(`ours-${what}`, 'ours', { options: { store, ...options }, needs: store, ...more, ...extra });
  return [
    of(`bearer-${store}`, { by: 'bearer' }),
    of(`cookie-${store}`, { by: 'cookie' }),
    of(`bearer-${store}-two-reads`, { by: 'bearer', twoReads: true }, { quick: false }),
    of(`cookie-${store}-two-reads`, { by: 'cookie', twoReads: true }, { quick: false }),
  ];
}

function asymmetric(algorithm) {
  const options = { store: 'libsql', by: 'bearer', signing: algorithm };
  const name = `ours-bearer-libsql-${algorithm.toLowerCase()}`;
  return [variant(name, 'ours', { options }), variant(`${name}-20000`, 'ours', { options, users: MANY_USERS })];
}

/** The user is in the token, and nothing is read. */
function stateless(algorithm) {
  const options = {
    store: 'libsql',
    by: 'bearer',
    stateless: true,
    ...(algorithm !== 'HS256' && { signing: algorithm }),
  };
  const name = `ours-stateless-${algorithm.toLowerCase()}`;
  const isQuick = algorithm === 'HS256';
  return [
    variant(name, 'ours', { options, quick: isQuick }),
    variant(`${name}-20000`, 'ours', { options, users: MANY_USERS }),
  ];
}

const statelessCookie = { options: { store: 'libsql', by: 'cookie', stateless: true }, quick };

function ours() {
  return [
    ...['HS256', 'ES256', 'EdDSA'].flatMap(stateless),
    variant('ours-stateless-cookie', 'ours', statelessCookie),
    ...stored('libsql', { quick }),
    ...stored('postgres', { quick }),
    ...stored('mariadb'),
    variant('ours-bearer-libsql-20000', 'ours', { options: { store: 'libsql', by: 'bearer' }, users: MANY_USERS }),
    ...asymmetric('ES256'),
    ...asymmetric('EdDSA'),
    variant('ours-public', 'ours', { options: { store: 'libsql', route: 'public' }, check: 'open', quick }),
  ];
}

function peers(platform) {
  const keyObject = { options: { keyObject: true }, quick };
  return [
    variant('passport-jwt', 'peers/passport-jwt', { quick }),
    variant('passport-jwt-key-object', 'peers/passport-jwt', keyObject),
    variant('nest-jwt', 'peers/nest-jwt', { quick }),
    variant('nest-jwt-key-object', 'peers/nest-jwt', keyObject),
    variant('better-auth', 'peers/better-auth', { needs: 'better-sqlite3', quick }),
    // A broken cache cookie is dropped and the session looked up; broken together with the session's they are refused.
    variant('better-auth-cookie-cache', 'peers/better-auth', {
      options: { cookieCache: true },
      needs: 'better-sqlite3',
    }),
    ...(platform === 'express' ? sessions() : []),
  ];
}

function sessions() {
  return ['express-session', 'cookie-session'].map((kind) =>
    variant(kind, 'peers/sessions', { options: { kind }, quick }),
  );
}

/** Beside the 200 of `ours-cookie-…`. */
const MILLION = 1_000_000;

function growth(store) {
  const of = (what, more) =>
    variant(`ours-${what}-${store}-1m`, 'growth', {
      options: { store, by: 'cookie', rows: MILLION, ...more },
      needs: store,
      onlyExpunges: more?.expired,
    });
  return [of('cookie'), of('expunge', { expired: true })];
}

function signIns() {
  const password = {
    options: { store: 'libsql', route: 'sign-in', watchesLoop: true },
    check: 'sign-in',
    request: SIGN_IN,
  };
  const hash = { options: { watchesLoop: true }, check: 'open', request: HASH, baseline: null };
  return [
    variant('hash-1', 'bare-hash', { ...hash, connections: 1 }),
    variant('hash-8', 'bare-hash', { ...hash, connections: 8 }),
    variant('ours-sign-in-1', 'ours', { ...password, connections: 1, baseline: 'hash-1' }),
    variant('ours-sign-in-8', 'ours', { ...password, connections: 8, baseline: 'hash-8' }),
    variant('ours-sign-in-idle', 'ours', { ...password, connections: 0, baseline: null }),
  ];
}

/** What is started again and again for the time and memory of a start, beside `bare`. */
export const COLD_STARTS = ['bare', 'ours-memory', 'passport-jwt', 'better-auth'];

const startsOnly = variant('ours-memory', 'ours', { options: { store: 'memory' }, onlyStarts: true });

/** All variants of a platform, in the order in which each round asks them. */
export function variantsOf(platform) {
  const raw = { ...variant('raw-http', 'floors', { options: { kind: 'raw' }, check: 'open', quick }) };
  const all = [
    raw,
    ...floors(),
    ...ours(),
    ...peers(platform),
    ...signIns(),
    ...(platform === 'fastify' ? [...growth('libsql'), ...growth('postgres')] : []),
    startsOnly,
  ];
  return all.map(({ what, baseline, options, ...rest }) => ({
    ...rest,
    name: `${platform}/${what}`,
    what,
    options: { ...options, platform },
    baseline: baseline && `${platform}/${baseline}`,
  }));
}
