// https://docs.nestjs.com/recipes/passport#implementing-passport-jwt, and the same with the secret as a KeyObject.
import { createRequire } from 'node:module';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { bearers, SECRET_KEY, SECRET_TEXT } from '../jws.mjs';
import { idOf, meController, nestApp } from '../nest.mjs';

const { ExtractJwt, Strategy } = createRequire(import.meta.url)('passport-jwt');

export async function start({ platform, users, keyObject = false }) {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        ignoreExpiration: false,
        secretOrKey: keyObject ? SECRET_KEY : SECRET_TEXT,
      });
    }

    async validate({ sub }) {
      return { id: sub };
    }
  }
  const controllers = [meController({ guards: [AuthGuard('jwt')], answer: idOf })];
  const running = await nestApp({ platform, imports: [PassportModule], controllers, providers: [JwtStrategy] });
  const service = new JwtService({ secret: SECRET_KEY, signOptions: { expiresIn: '1d' } });
  return { ...running, seed: () => bearers((sub) => service.sign({ sub }), users) };
}
