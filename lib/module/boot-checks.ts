import { Scope } from '@nestjs/common';
import { phaseRoutes } from '../activities/index.js';
import { isLoopback } from '../network/index.js';
import type { Problem } from '../errors/index.js';
import { AuthPlug } from '../plug/index.js';
import type { DataLayerAdapter, Resource } from '../resources/index.js';
import { DAY } from '../time/index.js';
import { isKebab, problem, repeated } from './found-problems.js';
import { modelsOf } from './models-of.js';
import type { OtpApp } from './otp-app.js';
import type { ResolvedOptions } from './resolve-options.js';
import { checkResource } from './resource-checks.js';

/** What is wrong with an app as it is described, before anything is opened. */
export function checkApp(app: OtpApp, options: ResolvedOptions): readonly Problem[] {
  return [
    ...checkName(app),
    ...checkPlug(app),
    ...checkPublicUrl(options),
    ...checkRefresh(options),
    ...checkDataLayer(options),
    ...checkResources(app.resources),
    ...app.resources.flatMap(checkResource),
    ...checkRoutes(app.resources),
    ...checkTables(app),
    ...checkOrigins(options),
    ...checkTenants(app.resources, options),
  ];
}

function checkName({ name }: OtpApp): readonly Problem[] {
  return isKebab(name) ? [] : [problem('name', 'is not a kebab-case word', "write a name such as 'my-app'")];
}

function checkPlug({ plug }: OtpApp): readonly Problem[] {
  if (!(plug.prototype instanceof AuthPlug)) {
    return [problem('plug', 'does not extend AuthPlug', 'write a class that extends AuthPlug, or JsonAuthPlug')];
  }
  // Of a transient controller Nest calls the bare prototype: nothing is injected.
  const scoped: unknown = Reflect.getMetadata('scope:options', plug);
  if (typeof scoped === 'object' && scoped !== null && 'scope' in scoped && scoped.scope === Scope.TRANSIENT) {
    return [problem('plug', `${plug.name} is transient`, 'leave `scope` out, or write Scope.REQUEST')];
  }
  // A class without any decorator has no parameter types: Nest would inject nothing, and its first request would fail.
  if (plug.length > 0 && !Reflect.hasMetadata('design:paramtypes', plug)) {
    return [
      problem('plug', `${plug.name} has constructor parameters and no decorator`, "put @Controller('auth') on it"),
    ];
  }
  return [];
}

function checkPublicUrl({ publicUrl, environment }: ResolvedOptions): readonly Problem[] {
  const where = 'publicUrl';
  const cure = "write where browsers reach the app, such as 'https://app.example'";
  if (publicUrl === undefined) return [problem(where, 'is missing', cure)];
  if (!URL.canParse(publicUrl)) return [problem(where, 'is not a URL', cure)];
  const url = new URL(publicUrl);
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isHttp || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return [problem(where, 'is more or less than scheme, host and port', cure)];
  }
  const plain = url.protocol === 'http:' && !isLoopback(url) && environment === 'production';
  return plain ? [problem(where, 'is plain http on a public host', "write 'https://…'")] : [];
}

function checkRefresh({ keyRefreshSeconds }: ResolvedOptions): readonly Problem[] {
  const isGood = Number.isSafeInteger(keyRefreshSeconds) && keyRefreshSeconds >= 1 && keyRefreshSeconds <= DAY;
  if (isGood) return [];
  return [problem('keyRefreshSeconds', `is no whole number from 1 to ${DAY}`, 'write 300, or leave it out')];
}

function checkOrigins({ trustedOrigins }: ResolvedOptions): readonly Problem[] {
  const wrong = trustedOrigins.filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  return wrong.map((origin) =>
    problem('trustedOrigins', `"${origin}" is no origin`, "write scheme, host and port alone: 'https://front.example'"),
  );
}

function checkTenants(resources: readonly Resource[], { tenants }: ResolvedOptions): readonly Problem[] {
  const withTenants = resources.filter(({ model }) => model.tenantField !== null);
  const [first] = withTenants;
  if (first === undefined) return tenants === null ? [] : [problem('tenants', 'no resource has any', NO_RESOURCE)];
  const resolver = "write tenants: { resolve: tenantFromHost('app.example') }, or another way to find it in a request";
  return [
    ...(tenants === null ? [problem('tenants', `is missing: "${first.subjectName}" has tenants`, resolver)] : []),
    ...(tenants !== null && !(Number.isSafeInteger(tenants.timeoutMs) && tenants.timeoutMs > 0)
      ? [problem('tenants.timeoutMs', 'is not a positive whole number', 'write 1 or more')]
      : []),
    ...withTenants.flatMap((resource) => [...checkTenantField(resource), ...checkRoomTables(resource)]),
  ];
}

const NO_RESOURCE = "say which field holds it: defineResource({ tenantField: 'organisationId', … }), or leave it out";

function checkTenantField({ subjectName, model: { tenantField }, key, rooms }: Resource): readonly Problem[] {
  const taken = [...key.map(({ field }) => field), ...rooms.flatMap((room) => Object.keys(room.columns ?? {}))];
  if (tenantField === null || !taken.includes(tenantField)) return [];
  const where = `resources.${subjectName}.tenantField`;
  return [
    problem(where, `"${tenantField}" is a field that means something else`, 'give the tenant a field of its own'),
  ];
}

/** What a room keeps of a subject would be that of every tenant's. */
function checkRoomTables({ subjectName, rooms }: Resource): readonly Problem[] {
  return rooms.flatMap(({ name, models = [] }) =>
    models
      .filter(({ tenantField }) => tenantField === null)
      .map(({ table }) =>
        problem(
          `resources.${subjectName}.${name}`,
          `keeps all tenants in one table, "${table}"`,
          'give its model a tenantField',
        ),
      ),
  );
}

function checkTables(app: OtpApp): readonly Problem[] {
  const tables = modelsOf(app).map(({ table }) => table);
  return repeated(tables).map((table) =>
    problem(
      'resources',
      `two models are kept in the table "${table}"`,
      'give one another table: each has its own columns',
    ),
  );
}

function checkDataLayer({ dataLayer, environment }: ResolvedOptions): readonly Problem[] {
  const where = 'dataLayer';
  if (dataLayer === undefined) return [problem(where, 'is missing', "write sqlDataLayer({ url: 'file:./app.db' })")];
  if (dataLayer.durable || environment === 'development') return [];
  return [problem(where, `"${dataLayer.name}" forgets everything when the process ends`, durableCure(dataLayer))];
}

function durableCure({ name }: DataLayerAdapter): string {
  return `use sqlDataLayer, or say environment: 'development' where "${name}" is meant`;
}

function checkResources(resources: readonly Resource[]): readonly Problem[] {
  if (resources.length === 0)
    return [problem('resources', 'is empty', 'write defineResource({ … }) for who can sign in')];
  const names = resources.map(({ subjectName }) => subjectName);
  return repeated(names).map((name) =>
    problem(
      'resources',
      `two are called "${name}"`,
      'give each its own subjectName: it is in routes, cookies and tokens',
    ),
  );
}

/** What the rooms find wrong themselves. */
export async function askRooms({ resources }: OtpApp): Promise<readonly Problem[]> {
  const found: Problem[] = [];
  for (const { subjectName, fieldKinds: fields, confirmed, model, isStateless, rooms } of resources) {
    const facts = { subjectName, fields, confirmed, model, isStateless };
    for (const room of rooms) found.push(...((await room.check?.(facts)) ?? []));
  }
  return found;
}

function checkRoutes(resources: readonly Resource[]): readonly Problem[] {
  const routes = phaseRoutes(resources).map(({ method, path }) => `${method} ${path}`);
  return repeated(routes).map((route) =>
    problem('resources', `two phases answer ${route}`, 'give one another path with `routes: { phase: { path } }`'),
  );
}
