import { Controller, Get, UseGuards } from '@nestjs/common';
import { BearerUserGuard, CurrentUser } from 'nest-auth-plug';
import type { User } from './auth/user.js';

/** For programs: every route behind the bearer token that signing in answered with. */
@UseGuards(BearerUserGuard)
@Controller('api')
export class ApiController {
  @Get()
  index(@CurrentUser() user: User) {
    return { message: `Hello ${user.name ?? user.email}`, user };
  }
}
