// The guard of https://docs.nestjs.com/security/authentication, and the same with the secret as a KeyObject.
import { UnauthorizedException } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { bearers, SECRET_KEY, SECRET_TEXT } from '../jws.mjs';
import { idOf, meController, nestApp } from '../nest.mjs';

export async function start({ platform, users, keyObject = false }) {
  const secret = keyObject ? SECRET_KEY : SECRET_TEXT;
  const imports = [JwtModule.register({ global: true, secret, signOptions: { expiresIn: '1d' } })];
  const controllers = [meController({ guards: [AuthGuard], answer: idOf })];
  const running = await nestApp({ platform, imports, controllers });
  const service = new JwtService({ secret: SECRET_KEY, signOptions: { expiresIn: '1d' } });
  return { ...running, seed: () => bearers((sub) => service.sign({ sub }), users) };
}

class AuthGuard {
  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer') throw new UnauthorizedException();
    try {
      const { sub } = await this.jwtService.verifyAsync(token);
      request.user = { id: sub };
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
Reflect.defineMetadata('design:paramtypes', [JwtService], AuthGuard);
