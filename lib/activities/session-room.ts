import { NotFound, SignInRequired } from '../errors/index.js';
import type { AnyResource } from '../resources/index.js';
import { operationOf, type Sessions } from '../sessions/index.js';
import {
  definePhase,
  text,
  type Phase,
  type Room,
  type RoomActivity,
  type SignIn,
  type StrategyContext,
  type AuthContext,
} from '../strategy/index.js';

export type SessionActivity = RoomActivity<'session', 'sign-out' | 'list' | 'end'>;

/**
 * The built-in activities of every resource: `sign-out` (POST), `list` (GET) and `end` (POST), about the sign-ins of whoever
 * asks. A room like any other, but for its power over sign-ins. Of stateless ones there is nothing to list or to end.
 *
 * @param sessionsOf asked when a phase runs: routes are made of rooms before anything is at work
 */
export function sessionRoom<U extends object>(
  { isStateless }: Pick<AnyResource, 'isStateless'>,
  sessionsOf: () => Sessions<U>,
): Room<U> {
  const stored = isStateless ? [] : [listPhase(sessionsOf), endPhase(sessionsOf)];
  return { name: 'session', phases: [signOutPhase(sessionsOf), ...stored] };
}

/**
 * Ends every sign-in that the request has a handle of, so that a bad token beside a good cookie keeps nothing alive. Without
 * one there is nothing to end, and that is no failure.
 */
function signOutPhase<U extends object>(sessionsOf: () => Sessions<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'sign-out',
    methods: ['POST'],
    fields: {},
    actor: 'anyone',
    async run(ctx) {
      const operation = operationOf(ctx);
      const sessions = sessionsOf();
      await sessions.endPresented(operation, 'bearer');
      await sessions.endPresented(operation, 'session');
      sessions.clearSession(operation);
      return { kind: 'done' };
    },
  });
}

function listPhase<U extends object>(sessionsOf: () => Sessions<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    async run(ctx) {
      const { subject, id } = signInOf(ctx);
      return { kind: 'done', result: { signIns: await sessionsOf().list(operationOf(ctx), subject, id) } };
    },
  });
}

/** Takes the `listId` of one of the caller's own sign-ins, or `others`. Unknown and foreign are one and the same. */
function endPhase<U extends object>(sessionsOf: () => Sessions<U>): Phase<U> {
  return definePhase({
    name: 'end',
    methods: ['POST'],
    fields: { listId: text() },
    actor: 'fresh-user',
    async run(ctx: StrategyContext<U>, { listId }) {
      const { subject, id } = signInOf(ctx);
      const operation = operationOf(ctx);
      const sessions = sessionsOf();
      if (listId === 'others') await sessions.end(operation, subject, 'others', id);
      else if (!(await sessions.endListed(operation, subject, listId))) throw new NotFound('unknown_sign_in');
      return { kind: 'done' };
    },
  });
}

function signInOf(ctx: AuthContext): SignIn {
  if (ctx.signIn === null) throw new SignInRequired();
  return ctx.signIn;
}
