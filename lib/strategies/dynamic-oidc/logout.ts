import { decodeJwt } from 'jose';
import type { StrategyContext } from '../../strategy/index.js';
import { checkedAnswer } from '../oidc/index.js';
import type { ConnectionRooms } from './connection-rooms.js';
import type { Connections } from './connections.js';
import { fail } from './dynamic-oidc.errors.js';

/** More than a logout token has. */
const MOST_AUDIENCES = 5;

/** Log-outs that the providers of connections tell of, all at one place. */
export class ConnectionLogout<U> {
  constructor(
    private readonly connections: Connections<U>,
    private readonly rooms: ConnectionRooms<U>,
  ) {}

  /**
   * Which connections a token is for, it says before anybody has verified it; each then verifies it as its own.
   *
   * @returns how many sign-ins ended
   * @throws {AuthenticationFailed} for a token that is none, or of a connection that is not there @throws {ProviderFailed}
   */
  async logOutByProvider(ctx: StrategyContext<U>, token: string): Promise<number> {
    const { iss, aud } = await checkedAnswer(() => decodeJwt(token));
    const audiences = [aud ?? []].flat().filter((one) => typeof one === 'string');
    const issuer = typeof iss === 'string' ? iss : '';
    const meant = await this.connections.ofClient(ctx, issuer, audiences.slice(0, MOST_AUDIENCES));
    if (meant.length === 0) return fail('unknown_connection');
    let ended = 0;
    for (const connection of meant) {
      const { actions } = await this.rooms.of(ctx, connection);
      ended += await actions.logOutByProvider(ctx, token);
    }
    return ended;
  }
}
