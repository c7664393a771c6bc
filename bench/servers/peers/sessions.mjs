// https://docs.nestjs.com/techniques/session, with passport's session strategy, and the same with cookie-session. Express alone.
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { Controller, Post, Query, Req, UnauthorizedException } from '@nestjs/common';
import { SECRET_TEXT } from '../jws.mjs';
import { idOf, meController, nestApp } from '../nest.mjs';
import { cookiesIn } from '../seed.mjs';

const require = createRequire(import.meta.url);

/** @param kind `express-session` or `cookie-session` */
export async function start({ platform, users, kind }) {
  const { prepare, signIn, guard } = kinds[kind];
  const controllers = [meController({ guards: [guard], answer: idOf }), signInRoute(signIn)];
  const running = await nestApp({ platform, controllers, configure: prepare });
  return { ...running, seed: () => cookiesOf(users, running.port) };
}

const kinds = {
  'express-session': {
    prepare(app) {
      const passport = require('passport');
      passport.serializeUser(({ id }, done) => done(null, id));
      passport.deserializeUser((id, done) => done(null, { id }));
      app.use(require('express-session')({ secret: SECRET_TEXT, resave: false, saveUninitialized: false }));
      app.use(passport.initialize());
      app.use(passport.session());
    },
    signIn: (request, user) => promisify(request.login).call(request, user),
    guard: { canActivate: (context) => allowed(requestOf(context).isAuthenticated()) },
  },
  'cookie-session': {
    prepare: (app) => app.use(require('cookie-session')({ keys: [SECRET_TEXT], maxAge: 86_400_000 })),
    signIn: (request, user) => void (request.session.user = user),
    guard: {
      canActivate(context) {
        const request = requestOf(context);
        request.user = request.session.user;
        return allowed(request.user !== undefined);
      },
    },
  },
};

function requestOf(context) {
  return context.switchToHttp().getRequest();
}

function allowed(isSignedIn) {
  if (!isSignedIn) throw new UnauthorizedException();
  return true;
}

function signInRoute(signIn) {
  class SignInController {
    async signIn(request, id) {
      await signIn(request, { id });
      return {};
    }
  }
  const { prototype } = SignInController;
  Post('sign-in')(prototype, 'signIn', Object.getOwnPropertyDescriptor(prototype, 'signIn'));
  Req()(prototype, 'signIn', 0);
  Query('id')(prototype, 'signIn', 1);
  Controller()(SignInController);
  return SignInController;
}

function cookiesOf(users, port) {
  const signIns = Array.from({ length: users }, async (_, index) => {
    const response = await fetch(`http://127.0.0.1:${port}/sign-in?id=user-${index}`, { method: 'POST' });
    return { cookie: cookiesIn(response) };
  });
  return Promise.all(signIns);
}
