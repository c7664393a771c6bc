import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { form, html, page } from 'nest-auth-plug/pages';
import { emailField } from '../../pages/fields.js';
import { Pages } from '../../pages/pages.decorator.js';
import { saidOn, type Query, type Said } from '../../pages/problems.js';

/** Where a link is asked for. */
@Pages()
@Controller('by-link')
export class MagicLinkController {
  @Get()
  request(@QueryParameters() query: Query) {
    const action = '/auth/user/magic-link/request';
    const body = html`${saidOn(query, SAID)} ${form({ action, body: emailField(query), submit: 'Mail me a link' })}
      <p><a href="/sign-in">Sign in otherwise</a> · <a href="/dev/outbox">Outbox of development</a></p>`;
    return page({ title: 'Sign in by a link', body });
  }
}

const SAID: Said = {
  notices: { 'link-sent': 'A mail with a link is on its way. The link works once, for 10 minutes.' },
};
