import type { Problem } from '../errors/index.js';
import { columnNameOf, isSecondFactorPolicy, type Resource } from '../resources/index.js';
import type { LimitRule, Room } from '../strategy/index.js';
import { extraClaims, RESERVED_CLAIMS } from '../tokens/index.js';
import { kebab, problem, repeated } from './found-problems.js';
import { checkMailboxes } from './mailbox-checks.js';

/** What is wrong with one resource as it is described. */
export function checkResource(resource: Resource): readonly Problem[] {
  const where = `resources.${resource.subjectName}`;
  return [
    ...kebab(`${where}.subjectName`, resource.subjectName),
    ...(resource.strategies.length === 0
      ? [problem(`${where}.strategies`, 'is empty', 'write a way in, such as password({ … })')]
      : []),
    ...checkClaims(where, resource),
    ...checkKey(where, resource),
    ...checkNumbers(where, resource),
    ...resource.optionsWithoutEffect.map((name) =>
      problem(`${where}.sessions.${name}`, 'has no effect on stateless sign-ins', "leave it out, or signIns: 'stored'"),
    ),
    ...repeated([...resource.rooms.map(({ name }) => name), 'session', 'bearer']).map((name) =>
      problem(where, `two strategies or add-ons are called "${name}"`, 'give one another name'),
    ),
    ...clashingColumns(where, resource),
    ...checkMailboxes(resource),
    ...checkSecondFactor(`${where}.secondFactor`, resource),
    ...resource.rooms.flatMap((room) => checkRoom(`${where}.${room.name}`, room)),
  ];
}

function checkClaims(where: string, { staticClaims }: Resource): readonly Problem[] {
  try {
    extraClaims(staticClaims);
    return [];
  } catch {
    const cure = `write 2 KB of plain JSON at most, under names that are not one of: ${[...RESERVED_CLAIMS].join(', ')}`;
    return [problem(`${where}.claims`, 'cannot be put into a token', cure)];
  }
}

function checkKey(
  where: string,
  { key, fieldKinds, model, columns, createdAt, deletedAt }: Resource,
): readonly Problem[] {
  return [
    ...(key.length === 0 ? [problem(`${where}.key`, 'names no field', "write { id: 'uuid' }, or leave it out")] : []),
    ...key
      .filter(({ field }) => fieldKinds.has(field))
      .map(({ field }) =>
        problem(`${where}.key`, `"${field}" is one of the fields as well`, 'declare it in key alone'),
      ),
    ...[model.columns[createdAt ?? ''], model.columns[deletedAt ?? '']]
      .filter((column) => column !== undefined && column.type !== 'time')
      .map(() =>
        problem(where, 'a time of creation or deletion is in a field of another kind', "declare it as 'time'"),
      ),
    ...Object.keys(columns)
      .filter((field) => !Object.hasOwn(model.columns, field))
      .map((field) =>
        problem(
          `${where}.columns`,
          `there is no field "${field}"`,
          `write one of: ${Object.keys(model.columns).join(', ')}`,
        ),
      ),
  ];
}

/** Nobody could sign in any more. */
function checkSecondFactor(where: string, { staticSecondFactor: policy, strategies }: Resource): readonly Problem[] {
  if (policy !== null && !isSecondFactorPolicy(policy)) {
    return [problem(where, 'is no policy', "write 'off', 'optional' or 'required', or a function that answers one")];
  }
  if (policy !== 'required' || strategies.some(({ factor }) => factor !== undefined)) return [];
  const cure = "put one into strategies, such as totp({ … }), or write 'optional'";
  return [problem(where, 'is required, and no strategy is a second factor', cure)];
}

function checkRoom(where: string, room: Room<object>): readonly Problem[] {
  const phases = room.phases.map(({ name }) => name);
  return [
    ...kebab(where, room.name),
    ...phases.flatMap((phase) => kebab(`${where}.${phase}`, phase)),
    ...repeated(phases).map((name) => problem(where, `two phases are called "${name}"`, 'give one another name')),
    ...room.phases
      .filter(({ enrols, actor }) => enrols === true && actor !== 'fresh-user')
      .map(({ name }) =>
        problem(`${where}.${name}`, 'enrols a factor and is not for a fresh sign-in', "write actor: 'fresh-user'"),
      ),
    ...Object.keys(room.routes ?? {})
      .filter((name) => !phases.includes(name))
      .map((name) => problem(`${where}.routes`, `there is no phase "${name}"`, `write one of: ${phases.join(', ')}`)),
    ...(room.purposes?.includes('user')
      ? [problem(`${where}.purposes`, 'names "user"', 'sign-ins are made by the core alone: answer a proof instead')]
      : []),
    ...(room.models?.length && room.forget === undefined
      ? [problem(where, 'brings tables and no `forget`', 'write `forget`: it drops what the tables hold of a subject')]
      : []),
  ];
}

function checkNumbers(where: string, { limits, sessions }: Resource): readonly Problem[] {
  const lists: readonly (readonly [string, readonly LimitRule[]])[] = Object.entries(limits);
  const rules = lists.flatMap(([name, list]) =>
    list.flatMap(({ limit, windowSeconds }) => [
      [`limits.${name}.limit`, limit] as const,
      [`limits.${name}.windowSeconds`, windowSeconds] as const,
    ]),
  );
  const lifetimes = Object.entries(sessions).map(([name, value]) => [`sessions.${name}`, Number(value)] as const);
  return [
    ...lists
      .filter(([, list]) => list.length === 0)
      .map(([name]) =>
        problem(`${where}.limits.${name}`, 'has no rule', 'write one, however generous: guessing is limited'),
      ),
    ...[...rules, ...lifetimes]
      .filter(([, value]) => !Number.isSafeInteger(value) || value < 1)
      .map(([name]) => problem(`${where}.${name}`, 'is not a positive whole number', 'write 1 or more')),
    ...(sessions.maxPerSubject > MOST_SIGN_INS
      ? [problem(`${where}.sessions.maxPerSubject`, 'is too large', `write ${MOST_SIGN_INS} or less`)]
      : []),
  ];
}

/** As far as a list of sign-ins reads. */
const MOST_SIGN_INS = 1000;

function clashingColumns(where: string, resource: Resource): readonly Problem[] {
  const columns = resource.rooms.flatMap((room) => Object.entries(room.columns ?? {}));
  const secrets = columns.filter(([, column]) => column.private).map(([field]) => field);
  const open = new Set(resource.publicFields);
  const both = secrets.filter((field) => open.has(field));
  const names = Object.entries(resource.model.columns).map(([field, column]) => columnNameOf(field, column));
  return [
    ...[...repeated(secrets), ...both].map((field) =>
      problem(where, `the private column "${field}" is declared twice`, 'rename one: a private column has one reader'),
    ),
    ...repeated(names).map((name) =>
      problem(where, `two fields lie on the column "${name}"`, 'give one another column'),
    ),
  ];
}
