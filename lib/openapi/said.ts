/**
 * What the decorators of @nestjs/swagger said already, by the keys under which they keep it. Its constants are exported since
 * 11.1 alone; test/openapi/document.spec.ts shows that these still are the ones.
 */
export const SAID = {
  operation: 'swagger/apiOperation',
  responses: 'swagger/apiResponse',
  security: 'swagger/apiSecurity',
  tags: 'swagger/apiUseTags',
} as const;

/** What was said of a handler, or of its class. */
export function isSaid(key: string, target: object, handler: object): boolean {
  return Reflect.hasMetadata(key, handler) || Reflect.hasMetadata(key, target.constructor);
}

/** The names of what was said under a key of a handler or its class: statuses, members of an operation. */
export function saidOf(key: string, ...targets: readonly object[]): Readonly<Record<string, unknown>> {
  const all = targets.map((target): unknown => Reflect.getMetadata(key, target));
  return Object.assign({}, ...all) as Record<string, unknown>; // Swagger keeps objects under these keys
}
