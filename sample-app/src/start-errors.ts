import { ConfigurationInvalid } from 'nest-auth-plug';
import { CannotStart } from './settings.js';

/** The framework names its options; whoever starts the app knows their variables. */
const VARIABLES: Readonly<Record<string, string>> = { secrets: 'AUTH_SECRET', dataLayer: 'DATABASE_URL' };

/** What keeps the app from starting, in one line. Null for a bug: its stack is worth more than a short line. */
export function inOneLine(error: unknown): string | null {
  if (error instanceof CannotStart) return error.message;
  if (error instanceof ConfigurationInvalid) return error.problems.map(describe).join('; ');
  if (isSystemError(error)) return describeSystemError(error);
  return null;
}

function describe({ where, wrong, cure }: ConfigurationInvalid['problems'][number]): string {
  const [, option = '', rest = ''] = /^(\w+)(.*)$/.exec(where) ?? [];
  const place = VARIABLES[option] ?? `${option}${rest}`;
  return `${place}: ${wrong} (${cure.replaceAll('\n', ' ')})`;
}

type SystemError = Error & { readonly code: string; readonly path?: string; readonly port?: number };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function describeSystemError({ code, path, port }: SystemError): string | null {
  if (code === 'EADDRINUSE') return `port ${port} is in use: end what has it, or choose another, such as PORT=3001`;
  if (port !== undefined) return `port ${port} cannot be listened on (${code}): choose another, such as PORT=3001`;
  return path === undefined ? null : `${path} cannot be read or written (${code}): check its rights`;
}
