import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentUser, RequireScopes, UserGuard } from 'nest-auth-plug';
import type { User } from '../../auth/user.js';

/** For programs: by the bearer token of a person, or by a key that was given the scope. */
@UseGuards(UserGuard.accepting('bearer', 'api-key'))
@Controller('api/me')
export class MeController {
  @Get()
  @RequireScopes('profile:read')
  me(@CurrentUser() user: User) {
    return user;
  }
}
