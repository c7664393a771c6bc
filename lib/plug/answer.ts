import { ServiceUnavailableException } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { bindCore, describeError } from '../activities/index.js';
import {
  announceOutage,
  applyReply,
  forbidCaching,
  httpInput,
  httpOperation,
  sendCookies,
  textBody,
  type HttpAdapter,
  type HttpRequest,
  type HttpResponse,
} from '../contexts/index.js';
import { AuthError, LimitExceeded, MethodNotAllowed, Outage } from '../errors/index.js';
import type { Operation } from '../sessions/index.js';
import { AuthReply, type Activity } from '../strategy/index.js';
import type { AuthPlug } from './auth-plug.js';
import { warnOfPlainHttp } from './plain-http.js';
import type { PlugRuntime } from './plug-runtime.js';
import { requireReadBody } from './unread-body.js';

/** One request that reached a plug. */
export interface PlugRequest {
  readonly runtime: PlugRuntime;
  readonly plug: AuthPlug;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** Runs a phase and answers with what the app's callback makes of it. */
export function answerPhase(visit: PlugRequest, subjectName: string, activity: Activity): Promise<unknown> {
  const { runtime, plug, request } = visit;
  return answering(visit, async (operation) => {
    requireReadBody(runtime.core, operation, request);
    try {
      const { method } = request;
      const ending = await runtime.core.run(operation, subjectName, activity, httpInput(request), method);
      if (ending.kind === 'reply') return ending.reply;
      if (ending.kind === 'done') return () => plug.handleSuccess(operation, activity, null, null);
      const { user, token } = ending.signIn;
      return () => plug.handleSuccess(operation, activity, user, token);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      operation.subjectName = subjectName;
      operation.activity = activity;
      return () => refuse(visit, operation, activity, error);
    }
  });
}

/** Answers a place below the plug where nothing is. */
export function answerNothing(visit: PlugRequest, reason: AuthError): Promise<unknown> {
  const activity: Activity = [null, null];
  return answering(visit, (operation) => Promise.resolve(() => refuse(visit, operation, activity, reason)));
}

/** A reply of the phase itself, or the callback that is to make one. */
type Next = AuthReply | (() => unknown);

/** Callbacks run here, outside the try that catches refusals: what they throw is the app's own, and goes to Nest. */
async function answering(visit: PlugRequest, run: (operation: Operation) => Promise<Next>): Promise<unknown> {
  const { runtime, request, response } = visit;
  const operation = httpOperation(request, response);
  bindCore(operation, runtime.core);
  forbidCaching(runtime.adapter, response);
  try {
    const next = await run(operation);
    const answer = typeof next === 'function' ? await settled(next()) : next;
    return deliver(visit, operation, answer);
  } catch (error) {
    await takeBack(visit, operation);
    announceOutage(runtime.adapter, response, error);
    throw error instanceof Outage ? new ServiceUnavailableException() : error;
  }
}

function refuse({ plug, runtime, response }: PlugRequest, operation: Operation, activity: Activity, reason: AuthError) {
  if (reason instanceof MethodNotAllowed) runtime.adapter.setHeader(response, 'Allow', reason.allow);
  if (reason instanceof LimitExceeded) {
    runtime.adapter.setHeader(response, 'Retry-After', String(reason.retryAfterSeconds));
  }
  return plug.handleFailure(operation, activity, reason);
}

async function settled(answer: unknown): Promise<unknown> {
  const value = await answer;
  return isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : value;
}

function deliver(
  { runtime: { adapter, core }, response }: PlugRequest,
  operation: Operation,
  answer: unknown,
): unknown {
  if (adapter.isHeadersSent(response)) return undefined;
  if (operation.made !== null) warnOfPlainHttp(core, operation.client.claimedHost);
  const body = bodyOf(adapter, response, answer);
  sendCookies(adapter, response, operation); // last: a header that cannot be sent leaves no cookie behind
  return body;
}

function bodyOf(adapter: HttpAdapter, response: HttpResponse, answer: unknown): unknown {
  if (AuthReply.is(answer)) return applyReply(adapter, response, answer);
  if (typeof answer === 'string') return textBody(adapter, response, answer);
  return answer ?? undefined;
}

/** A sign-in whose answer failed is nobody's: its cookies are taken off and it ends. */
async function takeBack({ runtime: { core } }: PlugRequest, operation: Operation): Promise<void> {
  operation.cookies.discard();
  const { made, subjectName } = operation;
  if (made === null || subjectName === null) return;
  try {
    await core.resource(subjectName).sessions.takeBack(operation, made);
  } catch (error) {
    core.services.log.error(`A sign-in whose answer failed could not be ended: ${describeError(error)}`);
  }
}
