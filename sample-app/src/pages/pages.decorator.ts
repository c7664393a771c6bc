import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { pageHeaders } from 'nest-auth-plug/pages';
import { tap, type Observable } from 'rxjs';

/** Sends what a route returns as HTML, with the headers that keep scripts, frames and referrers out. */
@Injectable()
class PageInterceptor implements NestInterceptor {
  constructor(private readonly host: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<object>();
    const headers = { ...pageHeaders(), 'content-type': 'text/html; charset=utf-8' };
    const setHeaders = () => {
      for (const [name, value] of Object.entries(headers)) this.host.httpAdapter.setHeader(response, name, value);
    };
    return next.handle().pipe(tap(setHeaders)); // of pages alone: an error is answered in JSON
  }
}

/** A controller whose routes return `page(…)`. */
export const Pages = (): ClassDecorator & MethodDecorator => applyDecorators(UseInterceptors(PageInterceptor));
