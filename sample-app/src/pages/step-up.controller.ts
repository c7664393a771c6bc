import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { CurrentSignIn, RequireFresh, SessionUserGuard, type SignIn } from 'nest-auth-plug';
import { field, form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import { ROOM_SAID, ROOMS } from '../auth/rooms.js';
import type { User } from '../auth/user.js';
import { Pages } from './pages.decorator.js';
import { saidOn, type Query } from './problems.js';
import { ToSignInFilter } from './to-sign-in.filter.js';
import { ToVerifyFilter } from './to-verify.filter.js';

const FIVE_MINUTES = 5 * 60;

/** A page that asks for something that was shown within five minutes, and the page where it is shown. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter, ToVerifyFilter)
@Controller()
export class StepUpController {
  @Get('account/danger')
  @RequireFresh({ withinSeconds: FIVE_MINUTES })
  danger(@CurrentSignIn() { methods }: SignIn<User>) {
    const body = html`<p>Whoever finds your open browser does not get here: you have just shown that it is you.</p>
      <p>Shown until now: ${methods.join(', ')}</p>
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Danger zone', body });
  }

  @Get('verify')
  verify(@QueryParameters() query: Query) {
    const { by, returnTo } = query;
    const back = typeof returnTo === 'string' ? [hidden('returnTo', returnTo)] : [];
    const strategies = typeof by === 'string' ? by.split(' ') : [];
    const body = html`${saidOn(query, ROOM_SAID)} ${strategies.map((strategy) => verifyForm(strategy, back))}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Show that it is you', body });
  }
}

/** Of a strategy that this app has: others are no link's to name. */
function verifyForm(strategy: string, back: readonly Html[]): Html {
  const room = ROOMS.find(({ verifies }) => verifies?.strategy === strategy);
  if (room?.verifies === undefined) return html``;
  const { name, label, type } = room.verifies.input;
  const input = field({ name, label, type, autocomplete: type === 'password' ? 'current-password' : 'one-time-code' });
  return form({ action: `/auth/user/${strategy}/verify`, body: [input, ...back], submit: 'Go on' });
}
