import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { html, page } from 'nest-auth-plug/pages';
import { ROOM_SAID, ROOM_SCRIPTS, ROOMS } from '../auth/rooms.js';
import { Providers, SignInFields, type Link, type ProviderName } from '../rooms/room.js';
import { linksLine } from './links.js';
import { Pages } from './pages.decorator.js';
import { saidOn, type Query } from './problems.js';

/** For whoever is not signed in: every way in. Each form posts to the route of its phase; `AppAuthPlug` decides what comes next. */
@Pages({ scripts: true })
@Controller('sign-in')
export class VisitorController {
  constructor(
    private readonly fields: SignInFields,
    private readonly providers: Providers,
  ) {}

  @Get()
  signIn(@QueryParameters() query: Query) {
    const forms = ROOMS.map(({ signInForm }) => signInForm?.(query, this.fields.of(query)));
    const buttons = this.providers.all.map((provider) => buttonOf(provider, query));
    const links = ROOMS.flatMap(({ signInLinks = [] }) => signInLinks);
    const body = html`${saidOn(query, ROOM_SAID)} ${forms} ${linksLine(buttons)} ${linksLine(links)}`;
    return page({ title: 'Sign in', body, scripts: ROOM_SCRIPTS });
  }
}

function buttonOf({ name, label }: ProviderName, { returnTo }: Query): Link {
  const back = typeof returnTo === 'string' ? `?${new URLSearchParams({ returnTo }).toString()}` : '';
  return { href: `/auth/user/${name}${back}`, text: `Sign in with ${label}` };
}
