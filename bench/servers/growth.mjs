// This library with a million sign-ins and users more than those who ask; or with a million rows whose time has passed.
import { setTimeout } from 'node:timers/promises';
import { DATA_LAYER } from '../../dist/index.js';
import { start as startOurs } from './ours.mjs';

const HOUR_MS = 3_600_000;
const rounds = [];
const setTimer = globalThis.setInterval;
/** The package has no door to its expunging: what it does each hour is caught as it sets its timer. */
globalThis.setInterval = (work, ms, ...more) => {
  if (ms === HOUR_MS) rounds.push(work);
  return setTimer(work, ms, ...more);
};

const USERS = 'insert into users (id, email, name)';
const SIGN_INS =
  'insert into sign_ins (id, tenant, handle_hash, subject, user_key, methods, created_at, authenticated_at, remembered, last_seen_at, expires_at)';

/** @param options those of ours, and `rows`, `expired` */
export async function start(options) {
  const running = await startOurs(options);
  return {
    ...running,
    async seed() {
      const credentials = await running.seed();
      const { run, close } = await openers[options.store](running.url);
      for (const statement of statements[options.store](options)) await run(statement);
      await close();
      return credentials;
    },
    expunge: () => expunge(running.app.get(DATA_LAYER, { strict: false }), options.rows),
  };
}

/** Filled in the database, from one row that is there: ids in no order, as ours are. */
const statements = {
  libsql: ({ rows, expired }) => [
    `${USERS} with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
      select 'filler-' || i, 'filler-' || i || '@example.com', 'Filler' from n`,
    `${SIGN_INS} ${signInsOf('hex(randomblob(16))', 'hex(randomblob(32))', expired)}`,
  ],
  postgres: ({ rows, expired }) => [
    `${USERS} select 'filler-' || i, 'filler-' || i || '@example.com', 'Filler' from generate_series(1, ${rows}) i`,
    `${SIGN_INS} ${signInsOf('md5(u.id)', `md5('handle ' || u.id)`, expired)}`,
    'analyze',
  ],
};

function signInsOf(id, hash, expired) {
  const expiresAt = expired ? 's.created_at' : 's.expires_at';
  return `select ${id}, s.tenant, ${hash}, 'user?id=' || u.id, u.id, s.methods, s.created_at, s.authenticated_at, s.remembered,
    s.last_seen_at, ${expiresAt} from users u, (select * from sign_ins limit 1) s where u.name = 'Filler'`;
}

const openers = {
  async libsql(url) {
    const { default: Database } = await import('libsql');
    const database = new Database(url.slice('file:'.length));
    return { run: (text) => database.exec(text), close: () => database.close() };
  },
  async postgres(url) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return { run: (text) => client.query(text), close: () => client.end() };
  },
};

/** As far as it is looked at here. */
const SIGN_INS_MODEL = {
  table: 'sign_ins',
  tenantField: null,
  columns: { id: { type: 'text' }, expiresAt: { type: 'time' } },
  primaryKey: ['id'],
};

/** One round of what an app does each hour. @returns `{ rows, seconds, loopMaxMs }` */
async function expunge(data, rows) {
  const loop = watchLoop();
  const began = performance.now();
  for (const round of rounds) round();
  const isThere = () => data.findOne(SIGN_INS_MODEL, { expiresAt: { lt: new Date() } }, ['id']);
  while ((await isThere()) !== null) await setTimeout(100);
  return { rows, seconds: (performance.now() - began) / 1000, loopMaxMs: loop.stop() };
}

/** The longest time between two turns of the loop. Node's monitor of its delay sees nothing of a loop that never turns. */
function watchLoop() {
  let [last, longest] = [performance.now(), 0];
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop() {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}
