import { BadRequestException, HttpException, type Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

type Next = (error: unknown) => void;

/**
 * Express's body parser quotes what it could not read, passwords included. Below the plug's path its errors get words of
 * ours; elsewhere they stay as they are.
 */
export function replaceBodyErrors(adapter: AbstractHttpAdapter, plug: Type<unknown>): void {
  if (adapter.getType() !== 'express') return;
  const patterns = [Reflect.getMetadata('path', plug)].flat().map((path) => patternOf(String(path)));
  adapter.getInstance<{ use(handler: unknown): void }>().use(
    // Express tells an error handler by its four parameters.
    (error: unknown, request: { readonly path: string }, _response: unknown, next: Next) => {
      const isBelow = patterns.some((pattern) => pattern.test(`${request.path}/`));
      next(isBelow && isParserError(error) ? cleaned(error.statusCode) : error);
    },
  );
}

/** Finds the path of a plug anywhere, for prefix and version stand in front of it. Express routes without regard to case. */
function patternOf(path: string): RegExp {
  const segments = path.split('/').filter(Boolean);
  const source = segments.map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/\W/g, '\\$&')));
  return new RegExp(`/${source.map((segment) => `${segment}/`).join('')}`, 'i');
}

/** As `http-errors` makes them: a client's fault, with a `type` such as `entity.parse.failed`. */
function isParserError(error: unknown): error is { readonly statusCode: number } {
  if (!(error instanceof Error) || !('type' in error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

function cleaned(status: number): HttpException {
  return status === 400
    ? new BadRequestException('The body could not be read')
    : new HttpException({ statusCode: status, message: 'The body was refused' }, status);
}
