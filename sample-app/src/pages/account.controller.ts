import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import {
  AuthService,
  CurrentContext,
  CurrentUser,
  SessionUserGuard,
  type AuthContext,
  type SignInSummary,
} from 'nest-auth-plug';
import { form, hidden, html, page } from 'nest-auth-plug/pages';
import { ROOM_SAID, ROOMS } from '../auth/rooms.js';
import type { User } from '../auth/user.js';
import { linksLine } from './links.js';
import { Pages } from './pages.decorator.js';
import { saidOn, type Query } from './problems.js';
import { ToSignInFilter } from './to-sign-in.filter.js';

const OWN_LINKS = [
  { href: '/devices', text: 'Your devices' },
  { href: '/account/danger', text: 'Danger zone' },
];

/** Pages behind the session cookie. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller()
export class AccountController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  home(@CurrentUser() user: User, @QueryParameters() query: Query) {
    const links = [...OWN_LINKS, ...ROOMS.flatMap(({ homeLinks = [] }) => homeLinks)];
    const body = html`${saidOn(query, ROOM_SAID)}
      <p>You are signed in as ${user.email}.</p>
      ${linksLine(links)} ${ROOMS.map(({ home }) => home?.(user))}
      ${form({ action: '/auth/user/session/sign-out', body: [], submit: 'Sign out' })}`;
    return page({ title: `Hello ${user.name ?? user.email}`, body });
  }

  @Get('devices')
  async devices(@CurrentUser() user: User, @CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const signIns = await this.auth.listSignIns(this.auth.userToSubject(user), { context });
    const body = html`${saidOn(query, ROOM_SAID)} ${signIns.map(device)}
      ${ROOMS.map(({ belowDevices }) => belowDevices?.())}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your devices', body });
  }
}

function device({ listId, deviceName, lastSeenAt, current }: SignInSummary) {
  const seen = `${lastSeenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<p>
      ${deviceName ?? 'Unknown device'}<br /><small>${current ? 'This device' : `Last seen ${seen}`}</small>
    </p>
    ${form({ action: '/auth/user/session/end', body: hidden('listId', listId), submit: 'Sign this device out' })}`;
}
