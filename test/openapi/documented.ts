import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { addAuthSecurity, openApi } from 'nest-auth-plug/openapi';
import { authTestApp, type AuthTestApp, type AuthTestAppOptions } from 'nest-auth-plug/testing';
import { userResource } from '../users.js';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;

/** An app that describes itself. */
export function describedApp(options: Partial<AuthTestAppOptions> = {}): Promise<AuthTestApp> {
  const { resource } = userResource();
  return authTestApp({ resources: [resource], ...options, app: { openApi: openApi(), ...options.app } });
}

/** The document of an app, as clients get it. */
export function documentOf({ nest }: Pick<AuthTestApp, 'nest'>, config = new DocumentBuilder()): OpenAPIObject {
  const document = addAuthSecurity(nest, SwaggerModule.createDocument(nest, config.build()));
  return JSON.parse(JSON.stringify(document)) as OpenAPIObject; // it was one
}

/** By `post /auth/user/password/sign-in`. */
export function operationsIn(document: OpenAPIObject): ReadonlyMap<string, Operation> {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => [`${verb} ${path}`, operation as Operation] as const),
  );
  return new Map(all);
}

export function operationIn(document: OpenAPIObject, name: string): Operation {
  const operation = operationsIn(document).get(name);
  if (operation === undefined) throw new Error(`"${name}" is not in the document`);
  return operation;
}

/** `user-bearer | user-session`; `nobody` where nothing is asked for, and null where the document decides. */
export function askedFor({ security }: Pick<Operation, 'security'>): string | null {
  if (security === undefined) return null;
  return security.map((one) => Object.keys(one).join(' & ') || 'nobody').join(' | ') || 'nobody';
}

/** Statuses by name of their content's schema, input by content type: what is to be seen at a glance. */
export function outline(operation: Operation): object {
  const { operationId, summary, tags, requestBody, parameters = [], responses } = operation;
  const body = requestBody !== undefined && 'content' in requestBody ? requestBody : null;
  return {
    operationId,
    summary,
    tags: tags?.join(' '),
    security: askedFor(operation),
    ...(body && { body: Object.entries(body.content).map(([type, { schema }]) => `${type} ${fieldsOf(schema)}`) }),
    ...(parameters.length > 0 && {
      parameters: parameters.map((one) => ('name' in one ? `${one.in} ${one.name}` : '')),
    }),
    answers: Object.keys(responses).join(' '),
  };
}

/** `email! name?`, with what each is. */
function fieldsOf(schema: object | undefined): string {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, { type: string; format?: string; minLength?: number; maxLength?: number }>;
    required?: string[];
  }; // as operation.ts makes them
  return Object.entries(properties)
    .map(([name, { type, format, minLength = 0, maxLength = '' }]) => {
      const kind = [format ?? type, `${minLength}..${maxLength}`].join(' ');
      return `${name}${required.includes(name) ? '!' : '?'} (${kind})`;
    })
    .join(', ');
}
