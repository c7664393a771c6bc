// What no library can beat: no Nest, no guard, an empty guard, and the least that verifies a token.
import { createServer } from 'node:http';
import { UnauthorizedException } from '@nestjs/common';
import { bearers, tokens } from './jws.mjs';
import { idOf, meController, nestApp } from './nest.mjs';

/** @param kind `raw`, `bare`, `noop`, or the algorithm of the token that a guard verifies */
export function start({ kind, platform, users }) {
  if (kind === 'raw') return startRaw();
  if (kind === 'bare') return startNest(platform, [], () => ({ id: 'user-0' }));
  if (kind === 'noop') return startNest(platform, [new NoopGuard()], idOf);
  return startTokens(kind, platform, users);
}

async function startRaw() {
  const server = createServer((_, response) => {
    const body = JSON.stringify({ id: 'user-0' });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => server.closeAllConnections() };
}

function startNest(platform, guards, answer) {
  return nestApp({ platform, controllers: [meController({ guards, answer })] });
}

async function startTokens(algorithm, platform, users) {
  const made = tokens(algorithm);
  const running = await startNest(platform, [new TokenGuard(made)], idOf);
  return { ...running, seed: () => bearers((sub) => made.issue(sub), users) };
}

class NoopGuard {
  canActivate(context) {
    context.switchToHttp().getRequest().user = { id: 'user-0' };
    return true;
  }
}

class TokenGuard {
  constructor(tokensOfBench) {
    this.tokens = tokensOfBench;
  }

  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const { authorization } = request.headers;
    const claims = authorization?.startsWith('Bearer ') ? this.tokens.read(authorization.slice(7)) : null;
    if (claims === null) throw new UnauthorizedException();
    request.user = { id: claims.sub };
    return true;
  }
}
