import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentUser, SessionUserGuard, BearerUserGuard } from 'nest-auth-plug';
import { PASSWORD } from '../users.js';

/** Says who is asking, in words that hold for any user. */
@Controller()
export class WhoController {
  @Get('home')
  @UseGuards(SessionUserGuard)
  home(@CurrentUser() user: object): string {
    return describe(user);
  }

  @Get('api')
  @UseGuards(BearerUserGuard)
  api(@CurrentUser() user: object): string {
    return describe(user);
  }
}

/** The class of a user and what is on it, private fields and all. */
function describe(user: object): string {
  const shown = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
  return `${user.constructor.name} ${JSON.stringify(user, shown)}`;
}

export const REGISTER = '/auth/user/password/register';
export const SIGN_IN = '/auth/user/password/sign-in';

/** A registration of this address. */
export function registering(email: string) {
  return { json: { email, password: PASSWORD, passwordConfirmation: PASSWORD } };
}
