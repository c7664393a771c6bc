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
import { coreOf } from '../activities/index.js';
import { knownOperationIn } from '../contexts/index.js';
import { subjectNameOf } from '../resources/index.js';
import { ASSURANCE, assuranceRulesOf, REQUIRED_ASSURANCE, type AssuranceRule } from './assurance.js';
import { demanding } from './demands.js';
import { describing } from './described-routes.js';
import { refuseNobody } from './scopes.js';
import { StepUpRequired, stepUpFor, stepUpHeader } from './step-up.js';
import { unavailable } from './unavailable.js';

/** Options of {@link RequireFresh}. */
export interface RequireFreshOptions {
  /** How long ago it may have been shown. @default `sessions.freshSeconds` of the resource, 600 unless it says otherwise */
  readonly withinSeconds?: number | undefined;
  /** What may have been shown: anything that signs in, or a second factor. @default 'any' */
  readonly factor?: 'any' | 'second' | undefined;
}

/**
 * Whoever calls this route must have shown a credential a short while ago; a remembered browser and a key never have. Else 401 with
 * `insufficient_user_authentication` (RFC 9470) and a {@link StepUpChallenge}. Of a route and its class both hold; a route without a guard is
 * closed.
 *
 * @throws {RangeError} for no whole number of seconds
 */
export function RequireFresh({ withinSeconds, factor = 'any' }: RequireFreshOptions = {}): MethodDecorator &
  ClassDecorator {
  if (withinSeconds !== undefined && !(Number.isSafeInteger(withinSeconds) && withinSeconds > 0)) {
    throw new RangeError(`RequireFresh: expected withinSeconds to be a positive whole number, got ${withinSeconds}`);
  }
  return requiring({ withinSeconds: withinSeconds ?? 'fresh', secondFactor: factor === 'second' });
}

/** Whoever calls this route must have shown a second factor when signing in, or since then. As {@link RequireFresh} in everything else. */
export function RequireSecondFactor(): MethodDecorator & ClassDecorator {
  return requiring({ withinSeconds: null, secondFactor: true });
}

function requiring(rule: AssuranceRule): MethodDecorator & ClassDecorator {
  const { withinSeconds, secondFactor } = rule;
  const said = { ...(withinSeconds !== null && { within: withinSeconds }), ...(secondFactor && { secondFactor }) };
  const describe = describing<object>(REQUIRED_ASSURANCE, (before) => ({ ...said, ...before }));
  return applyDecorators(demanding(ASSURANCE, [rule]), describe, UseInterceptors(AssuranceInterceptor));
}

/** Guards refuse before it, in their order; it stands behind them all, so that a route without one is not open. */
@Injectable()
export class AssuranceInterceptor implements NestInterceptor {
  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') throw new UnauthorizedException();
    const { httpAdapter } = this.modules.get(HttpAdapterHost, { strict: false });
    const response: object = context.switchToHttp().getResponse();
    const operation = knownOperationIn(context);
    const signIn = operation?.signIn ?? null;
    if (operation === null || signIn === null) return refuseNobody(httpAdapter, response);
    const runtime = coreOf(operation).resource(subjectNameOf(signIn.subject));
    try {
      const challenge = await stepUpFor(runtime, operation, signIn, assuranceRulesOf(this.reflector, context));
      if (challenge === null) return next.handle();
      httpAdapter.setHeader(response, 'WWW-Authenticate', stepUpHeader(challenge));
      throw new StepUpRequired(challenge);
    } catch (error) {
      throw unavailable(httpAdapter, response, error);
    }
  }
}
