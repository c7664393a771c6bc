import { types } from 'node:util';
import { ConfigurationInvalid, type Problem } from 'nest-auth-plug';
import { CannotStart } from './settings.js';

/** The framework names its options; whoever starts the app knows their variables. */
const VARIABLES: Readonly<Record<string, string>> = { secrets: 'AUTH_SECRET', dataLayer: 'DATABASE_URL' };

/** What keeps the app from starting, in one line. Null for a bug: its stack is worth more than a short line. */
export function inOneLine(error: unknown): string | null {
  if (error instanceof CannotStart) return error.message;
  if (error instanceof ConfigurationInvalid) return describeProblems(error.problems);
  if (isSystemError(error)) return describeSystemError(error);
  return null;
}

function describeProblems(problems: readonly Problem[]): string {
  const wrong = problems.map((problem) => `${placeOf(problem)}: ${problem.wrong}`);
  const cures = new Set(problems.map(({ cure }) => cure)); // several faults of one secret have one cure
  return `${wrong.join('; ')} (${[...cures].join('; ')})`;
}

function placeOf({ where }: Problem): string {
  const [option = ''] = /^\w+/.exec(where) ?? [];
  return VARIABLES[option] ?? where;
}

/** Not 3001: a second app beside one on 3000 would meet that one's providers. */
const OTHER_PORTS = 'another, such as PORT=3010 (the app listens on that and on the two after it)';

type SystemError = Error & { readonly code: string; readonly path?: string; readonly port?: number };

function isSystemError(error: unknown): error is SystemError {
  return types.isNativeError(error) && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function describeSystemError({ code, path, port }: SystemError): string | null {
  if (code === 'EADDRINUSE') return `port ${port} is in use: end what has it, or choose ${OTHER_PORTS}`;
  if (port !== undefined) return `port ${port} cannot be listened on (${code}): choose ${OTHER_PORTS}`;
  return path === undefined ? null : `${path} cannot be read or written (${code}): check its rights`;
}
