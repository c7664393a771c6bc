import {
  applyDecorators,
  Injectable,
  mixin,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { pageHeaders } from 'nest-auth-plug/pages';
import { tap, type Observable } from 'rxjs';

/** Sends what a route returns as HTML, with the headers that keep foreign scripts, frames and referrers out. */
function pageInterceptor(scripts: boolean): Type<NestInterceptor> {
  @Injectable() // so that its constructor is asked what it wants
  class PageInterceptor implements NestInterceptor {
    constructor(private readonly host: HttpAdapterHost) {}

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const response = context.switchToHttp().getResponse<object>();
      const headers = { ...pageHeaders({ scripts }), 'content-type': 'text/html; charset=utf-8' };
      const setHeaders = () => {
        for (const [name, value] of Object.entries(headers)) this.host.httpAdapter.setHeader(response, name, value);
      };
      return next.handle().pipe(tap(setHeaders)); // of pages alone: an error is answered in JSON
    }
  }
  return mixin(PageInterceptor);
}

/** A controller whose routes return `page(…)`. @param options whether they have scripts, too */
export const Pages = ({ scripts = false } = {}): ClassDecorator & MethodDecorator =>
  applyDecorators(UseInterceptors(pageInterceptor(scripts)));
