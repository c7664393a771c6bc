import type { ApiOperation, ApiQuery } from '@nestjs/swagger';
import type { PhaseRoute } from '../activities/index.js';
import { FORM, JSON_BODY, inputSchemas, type InputSchema } from './fields.js';

type Operation = Parameters<typeof ApiOperation>[0];

const WHO: Readonly<Record<PhaseRoute['phase']['actor'], string>> = {
  anyone: 'For everybody.',
  pending: 'For somebody whose second factor is asked for.',
  user: 'For somebody who is signed in.',
  'fresh-user': 'For somebody who signed in a short while ago.',
};

/** What is done, by whom, and with what input. Its id is left to Swagger, which tells plugs and versions apart. */
export function operationOf(route: PhaseRoute): Operation {
  const [room, phase] = route.activity.map((word) => String(word).replaceAll('-', ' '));
  return {
    summary: `${capital(room ?? '')}: ${phase}`,
    description: WHO[route.phase.actor],
    ...(route.method !== 'GET' && { requestBody: bodyOf(inputSchemas(route)) }),
  };
}

/** What is read from the query: apart from the operation, for Swagger merges parameters by name. */
export function queryOf(route: PhaseRoute): readonly Parameters<typeof ApiQuery>[0][] {
  if (route.method !== 'GET') return [];
  return inputSchemas(route).map(({ name, required, schema }) => ({ name, required, schema }));
}

/** A form cannot hold an object: phases that take one take JSON alone. */
function bodyOf(inputs: readonly InputSchema[]): NonNullable<Operation['requestBody']> {
  const required = inputs.filter((input) => input.required).map(({ name }) => name);
  const properties = Object.fromEntries(inputs.map(({ name, schema }) => [name, schema]));
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }) };
  const types = inputs.some(({ kind }) => kind === 'json') ? [JSON_BODY] : [JSON_BODY, FORM];
  const content = Object.fromEntries(types.map((type) => [type, { schema }]));
  return { content, required: required.length > 0 };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
