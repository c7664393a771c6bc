import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StepUpRequired } from 'nest-auth-plug';
import { verifyPath } from './verify-form.js';

interface HttpRequest {
  readonly headers: { readonly accept?: string };
}

/** Where a route asks for more than a sign-in, people are sent to show it and come back from there. Programs get the challenge. */
@Catch(StepUpRequired)
export class ToVerifyFilter implements ExceptionFilter<StepUpRequired> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(refusal: StepUpRequired, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const [{ headers }, response] = context.getArgs<[HttpRequest, object]>();
    if (headers.accept?.includes('json')) {
      httpAdapter.reply(response, refusal.challenge, refusal.getStatus());
      return;
    }
    const { activities, returnTo } = refusal.challenge;
    httpAdapter.redirect(response, 303, verifyPath(activities, returnTo ?? '/'));
  }
}
