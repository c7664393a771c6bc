import type { OpenAPIObject } from '@nestjs/swagger';
import type { PhaseRoute } from '../activities/index.js';
import type { Field } from '../strategy/index.js';

/** Of the document, by way of a type that every version of Swagger exports. */
export type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

export const JSON_BODY = 'application/json';
export const FORM = 'application/x-www-form-urlencoded';

/** One input of a route. */
export interface InputSchema {
  readonly name: string;
  readonly kind: Field<unknown>['kind'];
  readonly required: boolean;
  readonly schema: Schema;
}

/** The fields of the phase; and for what changes something the wishes that every such phase understands. */
export function inputSchemas(route: PhaseRoute): readonly InputSchema[] {
  const declared = Object.entries(route.phase.fields);
  const fields = declared.map(([name, field]) => ({
    name,
    kind: field.kind,
    required: field.required,
    schema: fieldSchema(field, route.resource.fieldKinds.get(name)),
  }));
  const names = new Set(declared.map(([name]) => name));
  return route.method === 'GET' ? fields : [...fields, ...riders(route).filter(({ name }) => !names.has(name))];
}

/**
 * A length in bytes of UTF-8 is at least the length in characters (JSON Schema §6.3.1), so what the schema refuses the phase would
 * refuse too.
 */
function fieldSchema({ kind, maxBytes, required }: Field<unknown>, holds: string | undefined): Schema {
  if (kind === 'flag') return { type: 'boolean' };
  if (kind === 'json') return { type: 'object', additionalProperties: true };
  const format = kind === 'secret' ? 'password' : holds === 'email' ? 'email' : undefined;
  return {
    type: 'string',
    ...(required && { minLength: 1 }),
    maxLength: maxBytes,
    ...(format !== undefined && { format }),
  };
}

function riders({ phase, resource }: PhaseRoute): readonly InputSchema[] {
  const flow =
    phase.actor === 'pending' ? [rider('flow', 'That of the first step, from clients without cookies.')] : [];
  const carried = resource.addOns.flatMap(({ carries = [] }) => carries.map((name) => rider(name, 'A wish.')));
  return [rider('returnTo', 'Where to go afterwards: a path of this app.'), ...flow, ...carried];
}

function rider(name: string, description: string): InputSchema {
  return { name, kind: 'text', required: false, schema: { type: 'string', description } };
}
