import { logOutEverywhere } from '../../../../lib/add-ons/log-out-everywhere/index.js';
import { sqlDataLayer } from '../../../../lib/adapters/sql/index.js';
import { bareCore, type BareCore } from '../../../activities/processes/bare-core.js';
import { answer } from '../../../adapters/two-processes.js';

/** What the test asks one of its processes for. Each keeps its core, with all that it remembers, from task to task. */
export type SignInTask =
  | { readonly does: 'open'; readonly url: string }
  | { readonly does: 'register' | 'sign-in'; readonly email: string }
  | { readonly does: 'log-out-everywhere'; readonly token: string; readonly keepThisBrowser: boolean }
  | { readonly does: 'let-in'; readonly token: string };

let core: BareCore;

answer(async (input): Promise<string | boolean | null> => {
  const task = input as SignInTask; // as the test sends it
  const password = 'plum tree on the hill';
  switch (task.does) {
    case 'open':
      core = await bareCore(sqlDataLayer({ url: task.url, migrate: true }), [logOutEverywhere()]);
      return null;
    case 'register': {
      const typed = { email: task.email, password, passwordConfirmation: password };
      return core.act(['password', 'register'], typed, null);
    }
    case 'sign-in':
      return core.act(['password', 'sign-in'], { email: task.email, password }, null);
    case 'log-out-everywhere':
      return core.act(['log-out-everywhere', 'sign-out'], { keepThisBrowser: task.keepThisBrowser }, task.token);
    case 'let-in':
      return core.letsIn(task.token);
  }
});
