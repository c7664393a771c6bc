import type { PhaseRoute } from '../activities/index.js';
import { AuthPlug, JsonAuthPlug } from '../plug/index.js';
import { JSON_BODY, type Schema } from './fields.js';
import { CHALLENGE, RETRY_AFTER, UNAVAILABLE } from './headers.js';
import type { OpenApiResponse, ResolvedOpenApiOptions } from './open-api.options.js';
import { AuthRefusal } from './refusal.js';

const TEXT: Schema = { type: 'string' };

/** Every answer of a route: what the app's callbacks make of it, and what never reaches them. @param plug its prototype */
export function answersOf(
  route: PhaseRoute,
  plug: object,
  { success, failure }: ResolvedOpenApiOptions,
): readonly OpenApiResponse[] {
  const { status = 200, ...answer } = success(route) ?? successOf(route, plug);
  const unavailable = { status: 503, description: UNAVAILABLE, headers: RETRY_AFTER };
  return [{ status, ...answer }, ...(failure(route) ?? failuresOf(route, plug)), unavailable];
}

function successOf(route: PhaseRoute, plug: object): OpenApiResponse {
  if (route.method === 'GET' && route.phase.actor === 'anyone') {
    return { description: 'A page or redirect of the phase itself, or what `handleSuccess` of the app answers.' };
  }
  if (keeps(plug, JsonAuthPlug, 'handleSuccess')) {
    return { description: 'Done.', content: { [JSON_BODY]: { schema: SUCCESS } } };
  }
  if (keeps(plug, AuthPlug, 'handleSuccess')) {
    return { description: 'Access granted', content: { 'text/plain': { schema: TEXT } } };
  }
  return { description: 'What `handleSuccess` of the app answers.' };
}

/** Whether a phase signs somebody in is known when it has run. */
const SUCCESS: Schema = {
  type: 'object',
  properties: {
    user: { type: 'object', additionalProperties: true, description: 'Whoever is signed in now.' },
    token: { type: 'string', description: 'The bearer token of this sign-in.' },
  },
  additionalProperties: true,
};

function failuresOf(route: PhaseRoute, plug: object): readonly OpenApiResponse[] {
  if (plug instanceof JsonAuthPlug) return refusalsOf(route);
  if (keeps(plug, AuthPlug, 'handleFailure')) {
    return [{ status: 401, description: 'Access denied', content: { 'text/plain': { schema: TEXT } } }];
  }
  return [{ status: '4XX', description: 'What `handleFailure` of the app answers to a refusal.' }];
}

/** By the table of `JsonAuthPlug`, and by what can refuse a phase of this nature. */
function refusalsOf(route: PhaseRoute): readonly OpenApiResponse[] {
  const { phase, method, resource } = route;
  const { actor, crossSite, guess, fields } = phase;
  const signedIn = actor === 'user' || actor === 'fresh-user';
  const names = signedIn && Object.values(fields).some(({ kind }) => kind === 'text');
  const guarded = actor === 'fresh-user' || (method !== 'GET' && crossSite !== 'bound-by-state');
  return [
    ...(resource.model.tenantField === null ? [] : [refusal(400, 'The request does not say which tenant it is for.')]),
    refusal(401, 'Not signed in, or not let in.', CHALLENGE),
    ...(guarded ? [refusal(403, 'Sent by another site, or signed in too long ago.')] : []),
    ...(names ? [refusal(404, "There is no such thing, or it is somebody else's.")] : []),
    ...(takesAway(route) ? [refusal(409, 'Nothing else is left that lets this user in.')] : []),
    refusal(422, 'The input, a link or a code cannot be used.'),
    ...(guess === undefined ? [] : [refusal(429, 'Too many attempts.', RETRY_AFTER)]),
  ];
}

/** Whether it may be about a way in, or a factor, that the user already has. */
function takesAway({ phase, method, activity, resource }: PhaseRoute): boolean {
  const strategy = resource.strategies.find(({ name }) => name === activity[0]);
  const counts = strategy?.factor !== undefined || strategy?.waysIn !== undefined;
  return counts && phase.actor === 'fresh-user' && phase.enrols !== true && method !== 'GET';
}

function refusal(status: number, description: string, headers?: typeof CHALLENGE): OpenApiResponse {
  return { status, description, type: AuthRefusal, ...(headers && { headers }) };
}

/** Whether a plug's callback is the one of this class. */
function keeps(plug: object, by: typeof AuthPlug, callback: 'handleSuccess' | 'handleFailure'): boolean {
  return Reflect.get(plug, callback) === by.prototype[callback];
}
