import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from '@jest/globals';
import type { DataLayer, DataLayerAdapter } from 'nest-auth-plug';
import type { AuthTestApp } from 'nest-auth-plug/testing';

/** How many requests of each kind are compared, taking turns; sequences do not scatter as times do. */
const ROUNDS = 20;

/** Everything that is done for a request, in its order: what would show in the time of its answer. */
export type Work = string[];

/** Notes each call with its table and its fields, and no value. */
export function recording(inner: DataLayerAdapter, work: Work): DataLayerAdapter {
  const fieldsOf = (argument: unknown) =>
    typeof argument === 'object' && argument !== null ? Object.keys(argument).join(',') : String(argument);
  const wrap = <T extends object>(layer: T): T =>
    new Proxy(layer, {
      get(target, name, receiver): unknown {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (name === 'forTenant') return wrap(Reflect.apply(member, target, args) as object);
          const [first, ...rest] = args;
          if (name === 'transaction') {
            work.push('transaction');
            const run = first as (tx: DataLayer) => unknown; // what the port says
            return Reflect.apply(member, target, [(tx: DataLayer) => run(wrap(tx))]);
          }
          const table: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'table') : null;
          work.push([name, table ?? fieldsOf(first), ...rest.map(fieldsOf)].map(String).join(' '));
          return Reflect.apply(member, target, args);
        };
      },
    });
  return { ...inner, open: async (models) => wrap(await inner.open(models)) };
}

/** Notes the moment of each answer. */
export function noteAnswers(app: AuthTestApp, work: Work): void {
  const server = app.nest.getHttpServer() as NodeJS.EventEmitter; // Node's, under either platform
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) =>
    response.prependListener('finish', () => work.push('answered')),
  );
}

/** What each of these costs until it is answered: a set per name, over many requests that take turns. */
export async function compareWork(
  app: AuthTestApp,
  work: Work,
  kinds: Readonly<Record<string, (round: number) => Promise<unknown>>>,
  rounds = ROUNDS,
): Promise<readonly (readonly string[])[]> {
  const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, new Set<string>()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, request] of Object.entries(kinds)) {
      work.length = 0;
      await request(round);
      seen[name]?.add(work.slice(0, work.indexOf('answered')).join('\n'));
      await app.idle();
    }
  }
  return Object.values(seen).map((ways) => [...ways]);
}

/** One sequence, the same for all, which is not nothing. */
export function expectAlike(ways: readonly (readonly string[])[], hashes: number): void {
  expect(ways[0]).toHaveLength(1);
  for (const one of ways) expect(one).toEqual(ways[0]);
  expect(ways[0]?.[0]?.match(/^(hash|verify)/gm) ?? []).toHaveLength(hashes);
}
