import { Catch, UnauthorizedException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

interface HttpRequest {
  readonly url: string;
  readonly headers: { readonly accept?: string };
}

/** Where a guard says 401, people are sent to sign in and come back from there. Programs get the 401. */
@Catch(UnauthorizedException)
export class ToSignInFilter implements ExceptionFilter<UnauthorizedException> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(refusal: UnauthorizedException, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const [{ url, headers }, response] = context.getArgs<[HttpRequest, object]>();
    const wantsJson = headers.accept?.includes('json') === true;
    if (wantsJson) httpAdapter.reply(response, refusal.getResponse(), refusal.getStatus());
    else httpAdapter.redirect(response, 303, `/sign-in?returnTo=${encodeURIComponent(url)}`);
  }
}
