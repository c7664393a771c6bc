import { validateHeaderValue, type ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { Outage } from '../errors/index.js';
import { pageHeaders } from '../pages/index.js';
import type { Operation } from '../sessions/index.js';
import type { AuthReply } from '../strategy/index.js';
import type { HttpResponse } from './http.js';

/** What this module needs of Nest's platform adapters. */
export type HttpAdapter = Pick<HttpServer, 'getType' | 'status' | 'setHeader' | 'isHeadersSent'> & {
  appendHeader?(response: unknown, name: string, value: string): unknown;
};

type Headers = Pick<HttpAdapter, 'setHeader' | 'appendHeader'>;

/** Headers on Node's own response, which is what a middleware gets on either platform. */
export const nodeHeaders: Headers = {
  setHeader: (response: ServerResponse, name: string, value: string) => response.setHeader(name, value),
  appendHeader: (response, name, value) => (response as ServerResponse).appendHeader(name, value), // a middleware's
};

/**
 * Puts the cookies that wait on an operation onto its answer, after whatever cookies the app set itself. No cache may hand
 * them to anybody else.
 */
export function sendCookies(adapter: Headers, response: HttpResponse, operation: Operation): void {
  const cookies = operation.cookies.take();
  if (cookies.length === 0) return;
  adapter.setHeader(response, 'Cache-Control', 'no-store');
  for (const cookie of [...takeRawCookies(response), ...cookies])
    adapter.appendHeader?.(response, 'Set-Cookie', cookie);
}

/**
 * Cookies that a middleware set on Node's response, which is all it gets on Fastify: those of the reply would take their place there.
 * From 12.5 on Nest itself has put them on the reply by the time of a second call.
 */
function takeRawCookies(response: HttpResponse): readonly string[] {
  const waiting = listOf(response.raw?.getHeader('set-cookie'));
  if (waiting.length === 0) return waiting;
  response.raw?.removeHeader('set-cookie'); // else the reply would answer with them
  const known = listOf(response.getHeader?.('set-cookie'));
  return waiting.filter((cookie) => !known.includes(cookie));
}

/** A header as Node keeps it: none, one or several. */
function listOf(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** Answers that set or depend on a credential are kept by no cache. */
export function forbidCaching(adapter: HttpAdapter, response: HttpResponse): void {
  adapter.setHeader(response, 'Cache-Control', 'no-store');
  adapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
}

/**
 * Puts a reply's status and headers onto the answer; its body is for Nest to send.
 *
 * @throws {TypeError} for a header that cannot be sent
 */
export function applyReply(adapter: HttpAdapter, response: HttpResponse, reply: AuthReply): unknown {
  if (reply.kind === 'answered') return undefined;
  if (reply.kind === 'redirect') {
    setHeader(adapter, response, 'Location', reply.to);
    adapter.status(response, 303);
    return undefined;
  }
  adapter.status(response, reply.status);
  // A page goes out with its policy (CSP, no referrer) unless the app says otherwise.
  const headers = reply.kind === 'html' ? { ...pageHeaders(), ...reply.headers } : reply.headers;
  for (const [name, value] of Object.entries(headers)) setHeader(adapter, response, name, value);
  switch (reply.kind) {
    case 'json':
      return reply.body;
    case 'text':
      return saysItsType(headers) ? reply.text : textBody(adapter, response, reply.text);
    case 'html':
      adapter.setHeader(response, 'Content-Type', 'text/html; charset=utf-8');
      return reply.html;
    case 'empty':
      return undefined;
  }
}

/** A text of another kind than plain: a script, a list of addresses. */
function saysItsType(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
}

/**
 * A text goes out as one on both platforms. Express would call it HTML; Fastify calls it text by itself, and would refuse the
 * header where an interceptor makes an object of the text.
 */
export function textBody(adapter: HttpAdapter, response: HttpResponse, text: string): string {
  if (adapter.getType() === 'express') adapter.setHeader(response, 'Content-Type', 'text/plain; charset=utf-8');
  return text;
}

/** Checked here: Fastify would find out when it is too late to take a sign-in back. */
function setHeader(adapter: HttpAdapter, response: HttpResponse, name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new TypeError(`The header "${name}" of an AuthReply holds a character that cannot be sent`);
  }
  adapter.setHeader(response, name, value);
}

/** `Retry-After` for an outage, before Nest answers it with 503. */
export function announceOutage(adapter: Headers, response: HttpResponse, error: unknown): void {
  if (error instanceof Outage) adapter.setHeader(response, 'Retry-After', String(error.retryAfterSeconds));
}
