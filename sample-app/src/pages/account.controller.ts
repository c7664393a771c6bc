import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import {
  AuthService,
  CurrentContext,
  CurrentUser,
  SessionUserGuard,
  type AuthContext,
  type SignInSummary,
} from 'nest-auth-plug';
import { field, form, hidden, html, page } from 'nest-auth-plug/pages';
import type { User } from '../auth/users.js';
import { newPasswordFields } from './fields.js';
import { Pages } from './pages.decorator.js';
import { problemOf, saidOn, type Query } from './problems.js';
import { ToSignInFilter } from './to-sign-in.filter.js';

/** Pages behind the session cookie. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller()
export class AccountController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  home(@CurrentUser() user: User, @QueryParameters() query: Query) {
    const body = html`${saidOn(query)}
      <p>You are signed in as ${user.email}.</p>
      <p><a href="/devices">Your devices</a> · <a href="/change-password">Change your password</a></p>
      ${form({ action: '/auth/user/session/sign-out', body: [], submit: 'Sign out' })}`;
    return page({ title: `Hello ${user.name ?? user.email}`, body });
  }

  @Get('devices')
  async devices(@CurrentUser() user: User, @CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const signIns = await this.auth.listSignIns(this.auth.userToSubject(user), { context });
    const body = html`${saidOn(query)} ${signIns.map(device)}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your devices', body });
  }

  @Get('change-password')
  changePassword(@QueryParameters() query: Query) {
    const current = field({
      name: 'currentPassword',
      label: 'Present password',
      type: 'password',
      autocomplete: 'current-password',
      problem: problemOf('currentPassword', query),
    });
    const change = form({
      action: '/auth/user/password/change',
      body: [current, ...newPasswordFields(query)],
      submit: 'Change the password',
    });
    const body = html`${saidOn(query)} ${change}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Change your password', body });
  }
}

function device({ listId, deviceName, lastSeenAt, current }: SignInSummary) {
  const seen = `${lastSeenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<p>
      ${deviceName ?? 'Unknown device'}<br /><small>${current ? 'This device' : `Last seen ${seen}`}</small>
    </p>
    ${form({ action: '/auth/user/session/end', body: hidden('listId', listId), submit: 'Sign this device out' })}`;
}
