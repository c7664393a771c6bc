import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

interface HttpRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** For forms of pages of development, which ask nobody to sign in: no other site has a browser send one. */
@Injectable()
export class OwnSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const site = context.switchToHttp().getRequest<HttpRequest>().headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin' || site === 'none') return true;
    throw new ForbiddenException();
  }
}
