import { applyDecorators, UseGuards, type Type } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { OptionalUser, Public, UserGuard, type GuardScope } from '../guards/index.js';
import { SAID, saidOf } from './said.js';
import { guardRequirements } from './security.js';

/** A guard class: `SessionUserGuard`, `UserGuard.accepting('bearer').for('admin')`, a subclass of the app's own. */
export type UserGuardClass = Type<UserGuard> & { readonly scope: GuardScope };

type Decorator = MethodDecorator & ClassDecorator;

/**
 * For routes and controllers of the app's own: guards them, and says in the document what the guard asks for.
 *
 * @param guard by default takes the session cookie or a bearer token of the only resource
 */
export function Auth(guard: UserGuardClass = UserGuard): Decorator {
  return applyDecorators(UseGuards(guard), requiring(guardRequirements(guard.scope)));
}

/** As `@OptionalUser()` with a guard: loads whoever is signed in and lets everybody through, and says so in the document. */
export function OptionalAuth(guard: UserGuardClass = UserGuard): Decorator {
  const requirements = [{}, ...guardRequirements(guard.scope)]; // no credential is one of the ways
  return applyDecorators(OptionalUser(), UseGuards(guard), requiring(requirements));
}

/** As `@Public()`, and says in the document that nothing is asked for: for apps that a guard guards as a whole. */
export function NoAuth(): Decorator {
  return applyDecorators(Public(), requiringNothing);
}

type Decorate = (target: object, key?: string | symbol, descriptor?: TypedPropertyDescriptor<unknown>) => void;

/** Made anew for each target: a decorator of Swagger's that is used twice remembers the first. */
function requiring(requirements: readonly Parameters<typeof ApiSecurity>[0][]): Decorate {
  return (...where) => applyDecorators(...requirements.map((one) => ApiSecurity(one)))(...where);
}

/** Swagger's own decorators can only add requirements. */
function requiringNothing(...[target, , descriptor]: Parameters<Decorate>): void {
  if (descriptor === undefined) return Reflect.defineMetadata(SAID.security, [], target);
  const handler = descriptor.value as object; // routes are methods
  Reflect.defineMetadata(SAID.operation, { ...saidOf(SAID.operation, handler), security: [] }, handler);
}
