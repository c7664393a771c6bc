import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AUTH_CORE, type AuthCore } from '../activities/index.js';
import { REQUIRED_ASSURANCE, REQUIRED_SCOPES, UserGuard, type GuardScope } from '../guards/index.js';
import { JWKS_PATH } from '../plug/index.js';
import { sessionCookieName } from '../sessions/index.js';
import { JSON_BODY } from './fields.js';
import { CHALLENGE, RETRY_AFTER, UNAVAILABLE } from './headers.js';

type Requirement = NonNullable<OpenAPIObject['security']>[number];
type Components = NonNullable<OpenAPIObject['components']>;
type Schemes = NonNullable<Components['securitySchemes']>;
type PathItem = OpenAPIObject['paths'][string];

type Operation = NonNullable<PathItem['get']>;

const NOBODY = 'Nobody is signed in.';
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** Before what a guard asks for: which resource is meant is known when the app stands. */
const GUARD = 'nest-auth-plug';

/** What a phase asks for: any one of these will do. */
export function phaseRequirements(subjectName: string): Requirement[] {
  return ['bearer', 'session'].map((by) => ({ [schemeName(subjectName, by)]: [] }));
}

/** What a guard asks for, until {@link addAuthSecurity} names it. */
export function guardRequirements({ accepts, subjectName, app }: GuardScope): Requirement[] {
  return accepts.map((by) => ({ [[GUARD, app ?? '', subjectName ?? '', by].join(':')]: [] }));
}

/**
 * Completes a document that `SwaggerModule.createDocument` made, in place: the security schemes `<subject name>-session` and
 * `<subject name>-bearer` of every resource; what each guard and `@RequireScopes()` ask for and answer; and where a `UserGuard` guards the
 * whole app, that for every route. What the document says already stays.
 *
 * @returns the document
 */
export function addAuthSecurity(nest: INestApplicationContext, document: OpenAPIObject): OpenAPIObject {
  const cores = nest.get<AuthCore>(AUTH_CORE, { strict: false, each: true });
  const components = (document.components ??= {});
  components.securitySchemes = { ...schemesOf(cores), ...components.securitySchemes };
  openPublicKeys(document);
  const everywhere = document.security ?? globalRequirements(nest);
  for (const operation of Object.values(document.paths).flatMap(operationsOf)) {
    addAnswers(operation, operation.security ?? everywhere);
    if (operation.security !== undefined) operation.security = named(operation.security, cores);
  }
  if (everywhere.length > 0) document.security = named(everywhere, cores);
  return document;
}

/** The public keys of tokens are the one generated route that is no phase: nothing describes it before. */
function openPublicKeys({ paths }: OpenAPIObject): void {
  for (const [path, { get }] of Object.entries(paths)) {
    if (path.endsWith(JWKS_PATH) && get !== undefined) get.security ??= [];
  }
}

function schemesOf(cores: readonly AuthCore[]): Schemes {
  const schemes: Schemes = {};
  for (const { resource } of cores.flatMap(({ resources }) => [...resources.values()])) {
    const { subjectName, strategies } = resource;
    const name = sessionCookieName(subjectName, null); // of a tenant it has a suffix, which no document can name
    schemes[schemeName(subjectName, 'session')] = { type: 'apiKey', in: 'cookie', name };
    schemes[schemeName(subjectName, 'bearer')] = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };
    for (const { name: by, credentialHeader } of strategies) {
      if (credentialHeader !== undefined) schemes[schemeName(subjectName, by)] = headerScheme(credentialHeader);
    }
  }
  return schemes;
}

function headerScheme(name: string): Schemes[string] {
  return name === 'authorization' ? { type: 'http', scheme: 'bearer' } : { type: 'apiKey', in: 'header', name };
}

function globalRequirements(nest: INestApplicationContext): Requirement[] {
  const guards = nest.get(ApplicationConfig, { strict: false }).getGlobalGuards();
  const guard = guards.find((one) => one instanceof UserGuard);
  return guard === undefined ? [] : guardRequirements((guard.constructor as typeof UserGuard).scope); // made by its class
}

function operationsOf(item: PathItem): readonly Operation[] {
  return METHODS.map((method) => item[method]).filter((operation) => operation !== undefined);
}

const PHASES = {
  type: 'array',
  items: {
    type: 'object',
    properties: { strategy: { type: 'string' }, phase: { type: 'string' } },
    required: ['strategy', 'phase'],
  },
};

/** Of a route with `@RequireFresh()` or `@RequireSecondFactor()`. */
const STEP_UP: Operation['responses'][string] = {
  description: 'Nobody is signed in; or something must be shown once more, or a second factor: then with the body.',
  headers: CHALLENGE,
  content: {
    [JSON_BODY]: {
      schema: {
        type: 'object',
        properties: {
          code: { type: 'string', example: 'ERR_STEP_UP_REQUIRED' },
          message: { type: 'string' },
          maxAgeSeconds: { type: 'integer', nullable: true },
          secondFactor: { type: 'boolean' },
          activities: PHASES,
          enrolments: PHASES,
          returnTo: { type: 'string', nullable: true },
        },
      },
    },
  },
};

/** Here and not by decorators: beside those Swagger would forget the success that it shows of its own accord. */
function addAnswers(operation: Operation, asked: readonly Requirement[]): void {
  if (REQUIRED_ASSURANCE in operation) operation.responses['401'] ??= STEP_UP;
  addScopes(operation);
  const { responses } = operation;
  if (!asked.some((one) => Object.keys(one).some(isGuards))) return;
  const isOptional = asked.some((one) => Object.keys(one).length === 0);
  if (!isOptional) responses['401'] ??= { description: NOBODY, headers: CHALLENGE };
  responses['503'] ??= { description: UNAVAILABLE, headers: RETRY_AFTER };
}

/** Nobody is a 401 there, also where no guard is; what a key lacks is a 403 (RFC 6750 §3.1). */
function addScopes(operation: Operation): void {
  const scopes: unknown = Reflect.get(operation, REQUIRED_SCOPES);
  if (!Array.isArray(scopes)) return;
  const { responses } = operation;
  responses['401'] ??= { description: NOBODY, headers: CHALLENGE };
  responses['403'] ??= { description: `A key that has not been given: ${scopes.join(', ')}.`, headers: CHALLENGE };
}

function named(requirements: readonly Requirement[], cores: readonly AuthCore[]): Requirement[] {
  return requirements.map((requirement) =>
    Object.fromEntries(Object.entries(requirement).map(([name, scopes]) => [nameIn(name, cores), scopes])),
  );
}

/** A guard that names no resource did not boot unless there is only one. */
function nameIn(name: string, cores: readonly AuthCore[]): string {
  if (!isGuards(name)) return name;
  const [, app = '', subjectName = '', by = ''] = name.split(':');
  const core = cores.find(({ services }) => app === '' || services.appName === app);
  return schemeName(subjectName || (core?.resource().resource.subjectName ?? ''), by);
}

function isGuards(name: string): boolean {
  return name.startsWith(`${GUARD}:`);
}

function schemeName(subjectName: string, by: string): string {
  return `${subjectName}-${by}`;
}
