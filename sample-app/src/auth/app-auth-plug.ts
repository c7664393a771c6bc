import { Controller } from '@nestjs/common';
import {
  AuthReply,
  FreshSignInRequired,
  JsonAuthPlug,
  SecondFactorRequired,
  SignInRequired,
  type Activity,
  type AuthContext,
  type AuthError,
  type Pending,
} from 'nest-auth-plug';
import { problemQuery } from '../pages/problems.js';
import { verifyPath } from '../pages/verify-form.js';
import type { FormPlace } from '../rooms/room.js';
import { ROOM_FORMS } from './rooms.js';
import type { User } from './user.js';

const FORMS: Readonly<Record<string, FormPlace>> = {
  'session sign-out': { page: '/', next: '/sign-in?notice=signed-out' },
  'session end': { page: '/devices', next: '/devices' },
  ...ROOM_FORMS,
};

/** What success and failure look like: JSON for whoever sent JSON, the next page for whoever filled in a form. */
@Controller('auth')
export class AppAuthPlug extends JsonAuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    const body = await super.handleSuccess(ctx, activity, user, token);
    const form = formOf(ctx, activity);
    if (form === null) return body;
    return typeof form.next === 'string' ? AuthReply.redirect(ctx.returnTo ?? form.next) : form.next(ctx);
  }

  override handleFailure(ctx: AuthContext, activity: Activity, reason: AuthError) {
    const form = formOf(ctx, activity);
    if (form === null) return super.handleFailure(ctx, activity, reason);
    if (reason instanceof SecondFactorRequired) return AuthReply.redirect(secondStepOf(reason.factors, backTo(ctx)));
    if (ctx.pending !== null) {
      // A code that was wrong: the first step still stands.
      return AuthReply.redirect(secondStepOf(ctx.pending.factors, { ...problemQuery(reason), ...backTo(ctx) }));
    }
    if (reason instanceof FreshSignInRequired) return AuthReply.redirect(verifyPath(reason.activities, form.page));
    const signInFirst = reason instanceof SignInRequired;
    const back = signInFirst ? { returnTo: form.page } : backTo(ctx);
    const query = new URLSearchParams({ ...problemQuery(reason), ...back });
    const page = signInFirst ? '/sign-in' : form.page;
    return AuthReply.redirect(`${page}${page.includes('?') ? '&' : '?'}${query.toString()}`);
  }
}

/** Where somebody was going. The flow of a first step keeps it as well; the script of a page reads it in the address. */
function backTo({ returnTo }: AuthContext): { readonly returnTo?: string } {
  return returnTo === null ? {} : { returnTo };
}

/** Where somebody goes on who has the first step behind them, backups last. */
function secondStepOf(factors: Pending['factors'], query: Readonly<Record<string, string>>): string {
  const sorted = factors.toSorted((one, other) => Number(one.backup ?? false) - Number(other.backup ?? false));
  const by = sorted.map(({ strategy }) => strategy).join(' ');
  return `/second-step?${new URLSearchParams({ by, ...query }).toString()}`;
}

/** Of whoever filled it in, or followed a link to one. */
function formOf({ headers }: AuthContext, activity: Activity) {
  const [type] = headers.get('content-type');
  const [accept = ''] = headers.get('accept');
  const isPerson =
    type === undefined ? accept.includes('text/html') : type.startsWith('application/x-www-form-urlencoded');
  return (isPerson && FORMS[activity.join(' ')]) || null;
}
