import type { Connection, Pool, PoolConnection } from 'mysql2';
import { StoreUnavailable } from '../../../errors/index.js';
import { outageOf } from './mariadb.errors.js';
import { MariadbSession } from './mariadb-session.js';

/** Whoever waits longer for a lock is answered 1205; the server knows whole seconds only. */
const LOCK_WAIT_SECONDS = 1;

/** Nothing of what we ask depends on how the server, or its user, is set up. Zero is a key like any other. */
export const SESSION = `set autocommit = 1, time_zone = '+00:00', lc_messages = 'en_US', sql_safe_updates = 0, sql_auto_is_null = 0,
  sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'`;
const WAITS = `set innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, lock_wait_timeout = ${LOCK_WAIT_SECONDS};
  set session transaction isolation level read committed`;

export interface Lease {
  readonly session: MariadbSession;
  /** Gives the connection back, or closes it. @param keep false where nobody is to have it again */
  end(keep: boolean): void;
}

/** Connections that are set up, each held by one caller at a time; and one more that ends the statements of the others. */
export class MariadbPool {
  readonly #setUp = new WeakSet<PoolConnection>();
  #leases = 0;
  #closing: (() => void) | null = null;
  #killer: Promise<Connection> | null = null;

  /** @param openAlone a connection of no pool */
  constructor(
    private readonly pool: Pool,
    private readonly openAlone: () => Promise<Connection>,
  ) {}

  /** @throws {StoreUnavailable} where there is none within the time; nothing was done. */
  async lease(waitMs: number): Promise<Lease> {
    const connection = await this.#connect(waitMs);
    const session = new MariadbSession(connection, (threadId) => this.#kill(threadId));
    const lease = { session, end: (keep: boolean) => this.#end(connection, keep && !session.spoiled) };
    if (this.#setUp.has(connection)) return lease;
    try {
      await session.tell(`${SESSION}; ${WAITS}`, { interruptAfterMs: waitMs, giveUpAfterMs: waitMs });
      this.#setUp.add(connection);
      return lease;
    } catch (error) {
      lease.end(false);
      throw outageOf(error);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    if (this.#leases > 0) await new Promise<void>((resolve) => (this.#closing = resolve));
    await (await this.#killer?.catch(() => null))?.promise().end();
    await this.pool.promise().end();
  }

  #connect(waitMs: number): Promise<PoolConnection> {
    if (this.#closing) throw new StoreUnavailable('connection');
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(new StoreUnavailable('timeout'));
      }, waitMs);
      this.pool.getConnection((error, connection) => {
        clearTimeout(timer);
        if (error) return reject(outageOf(error));
        if (late) return connection.release();
        this.#leases++;
        return resolve(connection);
      });
    });
  }

  #end(connection: PoolConnection, keep: boolean): void {
    if (keep) connection.release();
    else connection.destroy();
    if (--this.#leases === 0) this.#closing?.();
  }

  // `kill` needs no right for what the same user does. A connection is opened when it is first needed.
  async #kill(threadId: number): Promise<void> {
    const killer = (this.#killer ??= this.openAlone());
    try {
      await (await killer).promise().query(`kill query ${threadId}`);
    } catch (error) {
      this.#killer = null;
      killer.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
      throw error;
    }
  }
}
