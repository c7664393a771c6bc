import type { Type } from '@nestjs/common';
import {
  AuthError,
  AuthPlug,
  defineOtpApp,
  defineResource,
  type Activity,
  type ActivityOf,
  type AuthContext,
  type Performs,
  type ReasonOf,
  type RoomActivity,
  type Strategy,
} from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import type { Sender } from '../../lib/senders/index.js';
import type { User } from '../users.js';

declare const sender: Sender;
declare const plug: Type<AuthPlug<User>>;
const resettable = { sender, page: '/reset' } as const;

/** Compiles where the two are one type. */
declare function same<A, B>(
  ...difference: [A] extends [B] ? ([B] extends [A] ? [] : ['missing', Exclude<B, A>]) : ['unknown', A]
): void;

type BuiltIn = RoomActivity<'session', 'sign-out' | 'list' | 'end'> | readonly [null, null];

class Uninvited extends AuthError {
  readonly code = 'ERR_UNINVITED';
}
declare const invitation: Strategy<User> & Performs<RoomActivity<'invitation', 'redeem'>, Uninvited>;
declare const untold: Strategy<User>;

const users = defineResource<User>()({
  subjectName: 'user',
  table: 'users',
  fields: { name: 'text' },
  strategies: [password({ identityField: 'email', accept: ['name'], resettable }), invitation],
});
const admins = defineResource<User>()({
  subjectName: 'admin',
  table: 'admins',
  strategies: [password({ identityField: 'email', name: 'pin', registration: 'closed', signInTokens: {} })],
});
const app = defineOtpApp({ name: 'my-app', plug, resources: [users, admins] });

// Of every resource and every room, with what is switched on and without what is not.
same<
  ActivityOf<typeof app>,
  | RoomActivity<'password', 'register' | 'sign-in' | 'verify' | 'change' | 'reset-request' | 'reset'>
  | RoomActivity<'pin', 'sign-in' | 'verify' | 'change' | 'issue-sign-in-token' | 'sign-in-with-token'>
  | RoomActivity<'invitation', 'redeem'>
  | BuiltIn
>();
const careful = defineResource<User>()({
  subjectName: 'user',
  table: 'users',
  strategies: [password({ identityField: 'email', registration: 'closed', mustChange: true })],
});
same<ActivityOf<typeof careful>, RoomActivity<'password', 'sign-in' | 'verify' | 'change' | 'replace'> | BuiltIn>();
// @ts-expect-error nobody registers an admin
same<ActivityOf<typeof admins>, ActivityOf<typeof admins> | readonly ['pin', 'register']>();
same<Extract<ReasonOf<typeof app>['code'], 'ERR_UNINVITED'>, 'ERR_UNINVITED'>();
same<Extract<ReasonOf<typeof admins>['code'], 'ERR_UNINVITED'>, never>();

// What says nothing of itself can be anything, and every activity is an `Activity`.
const open = defineResource<User>()({ subjectName: 'user', table: 'users', strategies: [untold] });
same<ActivityOf<typeof open>, RoomActivity<string, string> | BuiltIn>();
const plain = defineResource<User>({
  subjectName: 'user',
  table: 'users',
  strategies: [password({ identityField: 'email' })],
});
same<ActivityOf<typeof plain>, RoomActivity<string, string> | BuiltIn>();
export const activity = (one: ActivityOf<typeof app>): Activity => one;

// Options are checked as they are without.
defineResource<User>()({
  subjectName: 'user',
  table: 'users',
  strategies: [
    // @ts-expect-error a user has no such field
    password({ identityField: 'nope' }),
    // @ts-expect-error a user has no such field
    password({ identityField: 'email', resettable: { ...resettable, addressField: 'nope' } }),
    // @ts-expect-error there is no such option
    password({ identityField: 'email', minimalLength: 8 }),
    // @ts-expect-error a strategy for somebody else
    password<{ readonly login: string }>({ identityField: 'login' }),
  ],
});
// @ts-expect-error a user has no such field
defineResource<User>()({ subjectName: 'user', table: 'users', fields: { nope: 'text' }, strategies: [untold] });
// @ts-expect-error a number is no key of kind text
defineResource<{ readonly id: number }>({ subjectName: 'user', table: 'users', key: { id: 'text' }, strategies: [] });
defineResource<{ readonly id: bigint }>({
  subjectName: 'user',
  table: 'users',
  // @ts-expect-error what makes the key makes what the key is
  key: { id: { kind: 'bigint', madeBy: () => 1 } },
  strategies: [],
});

class AdminPlug extends AuthPlug<{ readonly level: number }> {}
// @ts-expect-error a plug for somebody else
defineOtpApp({ name: 'my-app', plug: AdminPlug, resources: [users] });
// @ts-expect-error no plug at all
defineOtpApp({ name: 'my-app', plug: Date, resources: [users] });

function forgotten(none: never): never {
  throw new Error(`Nobody wrote a case for ${String(none)}`);
}

export class Exhaustive extends AuthPlug<User> {
  override async handleSuccess(_ctx: AuthContext, one: ActivityOf<typeof admins>) {
    switch (one[0]) {
      case null:
      case 'session':
        return 'of every resource';
      case 'pin':
        // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- that it is not is the test
        switch (one[1]) {
          case 'sign-in':
          case 'sign-in-with-token':
          case 'issue-sign-in-token':
            return 'in';
          // @ts-expect-error there is no such phase
          case 'reset':
            return 'never';
          default:
            // @ts-expect-error `change` is forgotten
            return forgotten(one);
        }
      default:
        return forgotten(one);
    }
  }

  override handleFailure(_ctx: AuthContext, _one: Activity, reason: ReasonOf<typeof app>) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- that it is not is the test
    switch (reason.code) {
      case 'ERR_LIMIT_EXCEEDED':
        return reason.retryAfterSeconds;
      case 'ERR_INVALID_INPUT':
        return reason.problems;
      case 'ERR_SECOND_FACTOR_REQUIRED':
        return reason.factors;
      case 'ERR_METHOD_NOT_ALLOWED':
        return reason.allow;
      case 'ERR_AUTHENTICATION_FAILED':
      case 'ERR_CROSS_SITE_REFUSED':
      case 'ERR_FRESH_SIGN_IN_REQUIRED':
      case 'ERR_INVALID_TOKEN':
      case 'ERR_LAST_FACTOR':
      case 'ERR_LAST_WAY_IN':
      case 'ERR_NOT_FOUND':
      case 'ERR_PASSWORD_CHANGE_REQUIRED':
      case 'ERR_SIGN_IN_REQUIRED':
        return null;
      // @ts-expect-error there is no such refusal
      case 'ERR_NO_SUCH_THING':
        return null;
      default:
        // @ts-expect-error `Uninvited` is forgotten
        return forgotten(reason);
    }
  }
}
