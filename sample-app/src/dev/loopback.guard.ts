import { Injectable, NotFoundException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Settings } from '../settings.js';

interface HttpRequest {
  /** Of the connection: no header decides it, because no proxy is trusted. */
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** For pages of development: to anybody but the person at this machine they are not there. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip, headers } = context.switchToHttp().getRequest<HttpRequest>();
    if (!this.settings.isProduction && isLoopbackAddress(ip) && isLoopbackHost(headers['host'])) return true;
    throw new NotFoundException();
  }
}

function isLoopbackAddress(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address);
}

/** Another site could point a name of its own at this machine and have a browser read the page (DNS rebinding). */
function isLoopbackHost(host: unknown): boolean {
  return typeof host === 'string' && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}
