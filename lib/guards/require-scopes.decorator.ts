import {
  applyDecorators,
  Inject,
  Injectable,
  UnauthorizedException,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { knownOperationIn } from '../contexts/index.js';
import { isScope } from '../strategy/index.js';
import { demanding } from './demands.js';
import { describing } from './described-routes.js';
import { hasScopes, refuseNobody, refuseScopes, REQUIRED_SCOPES, SCOPES, scopesOf } from './scopes.js';

/**
 * What a key must have been given to call this route: all of these, and those of the class besides. A key without one is refused
 * with 403 and `insufficient_scope` (RFC 6750 §3.1). People who signed in have no scopes, and pass; nobody is a 401, with
 * `@OptionalUser()` and `@Public()` and where no guard is as well.
 *
 * @throws {TypeError} for what is no scope (RFC 6749 §3.3)
 */
export function RequireScopes(...scopes: readonly [string, ...string[]]): MethodDecorator & ClassDecorator {
  const odd = scopes.find((scope) => !isScope(scope));
  if (odd !== undefined) throw new TypeError(`RequireScopes: expected scopes, each a text of its own, got "${odd}"`);
  const describe = describing<readonly string[]>(REQUIRED_SCOPES, (before = []) => [
    ...new Set([...before, ...scopes]),
  ]);
  return applyDecorators(demanding(SCOPES, scopes), describe, UseInterceptors(ScopesInterceptor));
}

/**
 * Guards refuse before it, in their order; it stands behind them all, so that a route without one is not open.
 */
@Injectable()
export class ScopesInterceptor implements NestInterceptor {
  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') throw new UnauthorizedException();
    const { httpAdapter } = this.modules.get(HttpAdapterHost, { strict: false });
    const response: object = context.switchToHttp().getResponse();
    const signIn = knownOperationIn(context)?.signIn ?? null;
    if (signIn === null) return refuseNobody(httpAdapter, response);
    const scopes = scopesOf(this.reflector, context);
    if (!hasScopes(signIn, scopes)) return refuseScopes(httpAdapter, response, scopes);
    return next.handle();
  }
}
