import { identity, textIn, type Field, type JsonObject } from './fields.js';
import { definePhase, type Phase } from './phase.js';
import type { StrategyContext } from './strategy-context.js';

/** What becomes of a request for a message. */
export interface Requested {
  /** Looks the account up, and sends. Begins once the answer is out. */
  readonly later: () => Promise<void>;
  /** For the client, whether there is such an account or not. @default nothing */
  readonly result?: JsonObject | undefined;
}

/**
 * POST: somebody asks for a message. Answers before anything is looked up: the same, in the same time, whether there is such an account
 * or not.
 *
 * @param identityField the one input: whom it is about
 * @param request gets it in its canonical spelling, and looks nothing up itself
 */
export function requestPhase<U>(
  name: string,
  identityField: string,
  request: (ctx: StrategyContext<U>, identity: string) => Requested | Promise<Requested>,
): Phase<U> {
  return definePhase<U, { [identity: string]: Field<string> }>({
    name,
    methods: ['POST'],
    fields: { [identityField]: identity() },
    actor: 'anyone',
    guess: 'message',
    identity: (input) => textIn(input, identityField),
    async run(ctx, input) {
      const { later, result } = await request(ctx, textIn(input, identityField));
      ctx.afterAnswer(later);
      return { kind: 'done', result };
    },
  });
}
