import { SignInRequired, type Problem } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import {
  definePhase,
  flag,
  type AddOn,
  type AuthContext,
  type Field,
  type Performs,
  type Phase,
  type ResourceFacts,
  type RoomActivity,
} from '../../strategy/index.js';
import { resolveLogOutEverywhereOptions, type LogOutEverywhereOptions } from './log-out-everywhere.options.js';

const NAME = 'log-out-everywhere';

type Fields = { readonly keepThisBrowser: Field<boolean> };

/**
 * Signs somebody out everywhere at once: every sign-in, every remembered browser, every link, code and step that is under way. The one who
 * asks may stay, with new handles. The name is the model's; from code it is `AuthService.endSignIns`.
 */
export function logOutEverywhere<U extends object>(
  options: LogOutEverywhereOptions = {},
): AddOn<U> & Performs<RoomActivity<typeof NAME, 'sign-out'>> {
  const { routes } = resolveLogOutEverywhereOptions(options);
  return { name: NAME, routes, phases: [signOutPhase<U>()], check: problemsOf };
}

/** POST, at the add-on's own path. Answers how many sign-ins ended, that of whoever asks among them unless it goes on. */
function signOutPhase<U>(): Phase<U> {
  return definePhase<U, Fields>({
    name: 'sign-out',
    path: '',
    methods: ['POST'],
    fields: { keepThisBrowser: flag() },
    actor: 'user',
    async run(ctx, { keepThisBrowser }) {
      const subject = subjectIn(ctx);
      const { accounts, data } = ctx;
      if (keepThisBrowser) {
        return { kind: 'renewed', effect: async (tx) => ({ ended: await accounts.endSignIns(subject, 'others', tx) }) };
      }
      const ended = await data.transaction((tx) => accounts.endSignIns(subject, 'all', tx));
      return { kind: 'done', result: { ended } };
    },
  });
}

function subjectIn({ signIn }: AuthContext): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}

function problemsOf({ subjectName, isStateless }: ResourceFacts): readonly Problem[] {
  if (!isStateless) return [];
  const where = `resources.${subjectName}.${NAME}`;
  return [{ where, wrong: 'has no effect on stateless sign-ins', cure: "leave it out, or write signIns: 'stored'" }];
}
