// The floor of stored sign-ins: a guard by hand that asks ours' rows by the SELECT that ours asks, and checks what it must.
import { createHash } from 'node:crypto';
import { UnauthorizedException } from '@nestjs/common';
import { start as startOurs } from './ours.mjs';

const COOKIE = /(?:^|; )__Host-user-session=([^;]+)/;
const S =
  'id tenant handle_hash subject user_key methods created_at authenticated_at second_factor_at actor remembered user_agent';
const COLUMNS = [
  ...`${S} last_seen_at expires_at ended_at`.split(' ').map((name) => `s.${name} as s_${name}`),
  ...['id', 'email', 'name'].map((name) => `u.${name} as u_${name}`),
].join(', ');

/** @param hash @param tenant how this database writes its parameters */
function selectOf(hash, tenant) {
  return `select ${COLUMNS} from sign_ins s, users u where s.handle_hash = ${hash} and u.id = s.user_key and s.tenant = ${tenant}`;
}

const openers = {
  async libsql(url) {
    const { default: Database } = await import('libsql');
    const database = new Database(url.slice('file:'.length));
    let statement;
    return {
      find: (hash) => (statement ??= database.prepare(selectOf('?', '?'))).get(hash, ''),
      close: () => database.close(),
    };
  },
  async postgres(url) {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    const text = selectOf('$1', '$2');
    return {
      find: async (hash) => (await pool.query({ name: 'sign-in', text, values: [hash, ''] })).rows[0],
      close: () => pool.end(),
    };
  },
  async mariadb(url) {
    const { createPool } = await import('mysql2/promise');
    const pool = createPool({ uri: url, connectionLimit: 10 });
    const text = selectOf('?', '?');
    return { find: async (hash) => (await pool.execute(text, [hash, '']))[0][0], close: () => pool.end() };
  },
};

export function start(options) {
  return startOurs({ ...options, by: 'cookie' }, async (url) => new SelectGuard(await openers[options.store](url)));
}

class SelectGuard {
  constructor({ find, close }) {
    this.find = find;
    this.close = close;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const handle = COOKIE.exec(request.headers.cookie ?? '')?.[1];
    const row = handle === undefined ? undefined : await this.find(hashOf(handle));
    if (row === undefined || row.s_ended_at !== null || !(Number(row.s_expires_at) > Date.now())) {
      throw new UnauthorizedException();
    }
    request.user = { id: row.u_id, email: row.u_email, name: row.u_name };
    return true;
  }
}

/** As ours keeps it: of one app and resource alone. */
function hashOf(handle) {
  return createHash('sha256')
    .update(JSON.stringify(['bench:user', handle]))
    .digest('base64url');
}
