import { Controller, type Type } from '@nestjs/common';
import { AuthPlug, type Activity, type AuthContext, type AuthError } from 'nest-auth-plug';
import type { User } from '../users.js';

/** One call of a callback, as a test wants to look at it. */
export interface Call {
  readonly activity: Activity;
  readonly subjectName: string | null;
  readonly user: User | null;
  readonly token: string | null;
  readonly reason: AuthError | null;
}

type OnSuccess = (plug: AuthPlug<User>, ctx: AuthContext, user: User | null, token: string | null) => unknown;
type OnFailure = (ctx: AuthContext, reason: AuthError) => unknown;

/** A plug that writes down its calls and answers as the test says; by default as `AuthPlug` does. */
export function scriptedPlug(success?: OnSuccess, failure?: OnFailure): { plug: Type<AuthPlug<User>>; calls: Call[] } {
  const calls: Call[] = [];

  @Controller('auth')
  class ScriptedPlug extends AuthPlug<User> {
    override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
      calls.push({ activity, subjectName: ctx.subjectName, user, token, reason: null });
      return success === undefined ? super.handleSuccess(ctx, activity, user, token) : success(this, ctx, user, token);
    }
    override handleFailure(ctx: AuthContext, activity: Activity, reason: AuthError) {
      calls.push({ activity, subjectName: ctx.subjectName, user: null, token: null, reason });
      return failure === undefined ? super.handleFailure(ctx, activity, reason) : failure(ctx, reason);
    }
  }
  return { plug: ScriptedPlug, calls };
}
