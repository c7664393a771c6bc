import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataLayer, DataLayerAdapter } from '../../resources/index.js';
import type { AuthTestApp } from '../auth-test-app.js';

const ANSWERED = 'answered';

/** Everything that a data layer is asked, in its order: what would show in the time of an answer. */
export type Work = string[];

/** Notes each call with its table and its fields, and no value. */
export function recording(inner: DataLayerAdapter, work: Work): DataLayerAdapter {
  return beforeEachCall(inner, (call) => void work.push(call));
}

/** Notes the moment of each answer. @param onRequest @default nothing */
export function noteAnswers(
  { nest }: Pick<AuthTestApp, 'nest'>,
  work: Work,
  onRequest: () => void = () => undefined,
): void {
  const server = nest.getHttpServer() as NodeJS.EventEmitter; // Node's, under either platform
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    onRequest();
    response.prependListener('finish', () => work.push(ANSWERED));
  });
}

/** What was done before the first answer. */
export function beforeAnswer(work: Work): Work {
  return work.slice(0, work.indexOf(ANSWERED));
}

/** Does something before each call of a data layer and of its transactions; where that is a promise the call waits for it. */
export function beforeEachCall(
  inner: DataLayerAdapter,
  before: (call: string) => Promise<void> | undefined,
): DataLayerAdapter {
  const wrap = <T extends object>(layer: T): T =>
    new Proxy(layer, {
      get(target, name, receiver): unknown {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (name === 'forTenant') return wrap(Reflect.apply(member, target, args) as object); // a data layer, says the port
          const [first, ...rest] = args;
          if (name === 'transaction') {
            const run = first as (tx: DataLayer) => unknown; // what the port says
            const wrapped = [(tx: DataLayer) => run(wrap(tx))];
            return after(before('transaction'), () => Reflect.apply(member, target, wrapped));
          }
          const table: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'table') : null;
          const call = [name, table ?? fieldsOf(first), ...rest.map(fieldsOf)].map(String).join(' ');
          return after(before(call), () => Reflect.apply(member, target, args));
        };
      },
    });
  return { ...inner, open: async (models) => wrap(await inner.open(models)) };
}

function after(waiting: Promise<void> | undefined, call: () => unknown): unknown {
  return waiting === undefined ? call() : waiting.then(call);
}

function fieldsOf(argument: unknown): string {
  return typeof argument === 'object' && argument !== null ? Object.keys(argument).join(',') : String(argument);
}
