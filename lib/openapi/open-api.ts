import { ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { DescribeRoute } from '../activities/index.js';
import { answersOf } from './answers.js';
import { resolveOpenApiOptions, type OpenApiOptions } from './open-api.options.js';
import { operationOf, queryOf } from './operation.js';
import { isSaid, SAID, saidOf } from './said.js';
import { phaseRequirements } from './security.js';

/**
 * Describes every generated route to @nestjs/swagger: `defineOtpApp({ …, openApi: openApi() })`. What decorators of the app's own
 * say of a route wins.
 */
export function openApi(options: OpenApiOptions = {}): DescribeRoute {
  const resolved = resolveOpenApiOptions(options);
  return (route) => (target, key, descriptor) => {
    const handler = descriptor.value as object; // routes are methods
    const known = saidOf(SAID.operation, handler);
    // An operation's own tags and requirements take the place of all others.
    const tags = isSaid(SAID.tags, target, handler) ? {} : { tags: [route.subjectName] };
    const security = isSaid(SAID.security, target, handler) ? {} : { security: securityOf(route) };
    ApiOperation({ ...operationOf(route), ...tags, ...security, ...known })(target, key, descriptor);
    for (const query of queryOf(route)) ApiQuery(query)(target, key, descriptor);
    const said = Object.keys(saidOf(SAID.responses, target.constructor, handler));
    for (const answer of answersOf(route, target, resolved)) {
      if (!isAnswered(String(answer.status), said)) ApiResponse({ ...answer })(target, key, descriptor);
    }
  };
}

/** An app that tells of one success, whatever its status, means it instead of ours. */
function isAnswered(status: string, said: readonly string[]): boolean {
  const success = /^[23]/;
  return said.includes(status) || (success.test(status) && said.some((one) => success.test(one)));
}

/** Empty for what is open to everybody: whatever the document requires of all routes is not required here. */
function securityOf({ subjectName, phase }: Parameters<DescribeRoute>[0]) {
  const open = phase.actor === 'anyone' || phase.actor === 'pending';
  return open ? [] : phaseRequirements(subjectName);
}
