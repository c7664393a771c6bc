// What is measured. A name is `platform/what`; ratios are to the `bare` route of the same platform in the same round of the same
// group, or to `baseline`. `quick` variants are those of `--quick`.
const USERS = 200;
/** More than any cache of tokens holds, so that each token in turn is new. */
const MANY_USERS = 20_000;

/** The machine may be slower for seconds: the shorter the windows, the more of them fall on each server of a group. */
const WINDOW_SECONDS = 0.2;

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
    windowSeconds: WINDOW_SECONDS,
    secondsFactor: 1,
    warmUps: 1,
    baseline: 'bare',
    ...more,
  };
}

const quick = true;

const floor = (what, kind, more) => variant(what, 'floors', { options: { kind }, ...more });

const bare = floor('bare', 'bare', { check: 'open', quick });

function selectByHand(store, more) {
  return variant(`select-${store}-by-hand`, 'hand-select', { options: { store }, needs: store, ...more });
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

function libsql() {
  const users = MANY_USERS;
  return [
    ...stored('libsql', { quick }),
    variant('ours-bearer-libsql-20000', 'ours', { options: { store: 'libsql', by: 'bearer' }, users }),
  ];
}

const publicRoute = { options: { store: 'libsql', route: 'public' }, check: 'open', quick };

function jwtPeers(name) {
  return [
    variant(name, `peers/${name}`, { quick }),
    variant(`${name}-key-object`, `peers/${name}`, { options: { keyObject: true }, quick }),
  ];
}

function betterAuth() {
  return [
    variant('better-auth', 'peers/better-auth', { needs: 'better-sqlite3', quick }),
    // A broken cache cookie is dropped and the session looked up; broken together with the session's they are refused.
    variant('better-auth-cookie-cache', 'peers/better-auth', {
      options: { cookieCache: true },
      needs: 'better-sqlite3',
    }),
  ];
}

function sessions() {
  return ['express-session', 'cookie-session'].map((kind) =>
    variant(kind, 'peers/sessions', { options: { kind }, quick }),
  );
}

/** Beside the 200 whose users ask. */
const MILLION = 1_000_000;

function growth(store) {
  const of = (what, more) =>
    variant(`ours-${what}`, 'growth', { options: { store, by: 'cookie', ...more }, needs: store });
  return [of(`cookie-${store}-alone`, { rows: 0 }), of(`cookie-${store}-1m`, { rows: MILLION })];
}

/** One round each. */
const expunges = ['libsql', 'postgres'].map((store) =>
  variant(`ours-expunge-${store}-1m`, 'growth', {
    options: { store, by: 'cookie', rows: MILLION, expired: true },
    needs: store,
  }),
);

/**
 * Thirty a second are few: windows are longer, for short ones would see ends and beginnings only, so are rounds, for there to be more than one, and
 * the warm-up is, for V8 compiles what has run some hundred times.
 */
const seldom = { windowSeconds: 2, secondsFactor: 3, warmUps: 10 };

function signIns() {
  const password = {
    ...seldom,
    options: { store: 'libsql', route: 'sign-in', watchesLoop: true },
    check: 'sign-in',
    request: SIGN_IN,
  };
  const hash = { ...seldom, options: { watchesLoop: true }, check: 'open', request: HASH, baseline: null };
  return [
    variant('hash-1', 'bare-hash', { ...hash, connections: 1 }),
    variant('hash-8', 'bare-hash', { ...hash, connections: 8 }),
    variant('ours-sign-in-1', 'ours', { ...password, connections: 1, baseline: 'hash-1' }),
    variant('ours-sign-in-8', 'ours', { ...password, connections: 8, baseline: 'hash-8' }),
    variant('ours-sign-in-idle', 'ours', { ...password, connections: 0, baseline: null }),
  ];
}

const startsOnly = variant('ours-memory', 'ours', { options: { store: 'memory' } });

/** What is measured side by side, and compared by targets. Where the bare route is the baseline it is one of each group. */
function groups(platform) {
  const [hit, miss] = stateless('HS256');
  return [
    [
      floor('raw-http', 'raw', { check: 'open', quick }),
      floor('empty-guard', 'noop', { check: 'open', quick }),
      variant('ours-public', 'ours', publicRoute),
      hit,
      ...jwtPeers('passport-jwt'),
    ],
    [floor('hmac-by-hand', 'HS256', { quick }), miss, ...jwtPeers('nest-jwt')],
    [floor('es256-by-hand', 'ES256'), ...stateless('ES256')],
    [floor('eddsa-by-hand', 'EdDSA'), ...stateless('EdDSA')],
    [variant('ours-stateless-cookie', 'ours', statelessCookie), ...(platform === 'express' ? sessions() : [])],
    [selectByHand('libsql', { quick }), ...libsql(), ...betterAuth()],
    [...asymmetric('ES256'), ...asymmetric('EdDSA')],
    [selectByHand('postgres', { quick }), ...stored('postgres', { quick })],
    [selectByHand('mariadb'), ...stored('mariadb')],
    signIns(),
    ...(platform === 'fastify' ? [growth('libsql'), growth('postgres')] : []),
  ];
}

function onPlatform(platform, { what, baseline, options, ...rest }) {
  return {
    ...rest,
    name: `${platform}/${what}`,
    what,
    options: { ...options, platform },
    baseline: baseline && `${platform}/${baseline}`,
  };
}

/** @returns groups of variants, each with its baseline first, where it is the bare route */
export function groupsOf(platform) {
  return groups(platform).map((group) => {
    const whole = group.some(({ baseline }) => baseline === 'bare') ? [bare, ...group] : group;
    return whole.map((one) => onPlatform(platform, one));
  });
}

/** What is only started, again and again, and the bare route beside it. */
export function startsOf(platform) {
  const starts = [bare, startsOnly, ...jwtPeers('passport-jwt').slice(0, 1), ...betterAuth().slice(0, 1)];
  return starts.map((one) => onPlatform(platform, one));
}

/** What is asked for one round of expunging. The platform is nothing to it. */
export const expungesOnce = expunges.map((one) => onPlatform('fastify', one));
