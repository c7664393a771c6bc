import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { CurrentSignIn, RequireFresh, SessionUserGuard, type SignIn } from 'nest-auth-plug';
import { html, page } from 'nest-auth-plug/pages';
import { ROOM_SAID, ROOM_SCRIPTS, verifyForms } from '../auth/rooms.js';
import type { User } from '../auth/user.js';
import { Pages } from './pages.decorator.js';
import { saidOn, type Query } from './problems.js';
import { ToSignInFilter } from './to-sign-in.filter.js';
import { ToVerifyFilter } from './to-verify.filter.js';

const FIVE_MINUTES = 5 * 60;

/** A page that asks for something that was shown within five minutes, and the page where it is shown. */
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter, ToVerifyFilter)
@Controller()
export class StepUpController {
  @Pages()
  @Get('account/danger')
  @RequireFresh({ withinSeconds: FIVE_MINUTES })
  danger(@CurrentSignIn() { methods }: SignIn<User>) {
    const body = html`<p>Whoever finds your open browser does not get here: you have just shown that it is you.</p>
      <p>Shown until now: ${methods.join(', ')}</p>
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Danger zone', body });
  }

  @Pages({ scripts: true })
  @Get('verify')
  verify(@QueryParameters() query: Query) {
    const body = html`${saidOn(query, ROOM_SAID)} ${verifyForms(query)}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Show that it is you', body, scripts: ROOM_SCRIPTS });
  }
}
