import { ForbiddenException, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { HttpAdapter } from '../contexts/index.js';
import type { SignIn } from '../strategy/index.js';
import { demandsOf } from './demands.js';

/** Where `@RequireScopes()` keeps what it was told. */
export const SCOPES = 'nest-auth-plug:scopes';

/** The member of a route in an OpenAPI document that says what `@RequireScopes()` asks for. */
export const REQUIRED_SCOPES = 'x-required-scopes';

/** Everything that a handler and its class ask for. */
export function scopesOf(reflector: Reflector, context: ExecutionContext): readonly string[] {
  return [...new Set(demandsOf<string>(SCOPES, reflector, context))];
}

/** A person who signed in has no scopes, and may do whatever the app lets people do. */
export function hasScopes({ credential }: SignIn, scopes: readonly string[]): boolean {
  return credential === null || scopes.every((scope) => credential.scopes.has(scope));
}

/** RFC 6750 §3: no error code where no credential was presented. */
export function refuseNobody(adapter: HttpAdapter, response: object): never {
  adapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
  throw new UnauthorizedException();
}

/** RFC 6750 §3.1. */
export function refuseScopes(adapter: HttpAdapter, response: object, scopes: readonly string[]): never {
  adapter.setHeader(response, 'WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`);
  throw new ForbiddenException();
}
