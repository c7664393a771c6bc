import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { field, form, html, page } from 'nest-auth-plug/pages';
import { emailField } from '../../pages/fields.js';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query, type Said } from '../../pages/problems.js';
import { SignInFields } from '../room.js';

/** Where a code is asked for, and where it is typed. */
@Pages()
@Controller()
export class OtpController {
  constructor(private readonly fields: SignInFields) {}

  /** What is wished here holds when the code is typed: the flow keeps it. */
  @Get('by-code')
  request(@QueryParameters() query: Query) {
    const action = '/auth/user/otp/request';
    const asked = form({ action, body: [emailField(query), ...this.fields.of(query)], submit: 'Mail me a code' });
    const body = html`${saidOn(query, SAID)} ${asked}
      <p><a href="/sign-in">Sign in otherwise</a></p>`;
    return page({ title: 'Sign in by a code', body });
  }

  /** The mailed link leads here too, with the code filled in. Opening it does nothing. */
  @Get('code')
  code(@QueryParameters() query: Query) {
    const { otp } = query;
    const typed = field({
      name: 'otp',
      label: 'Code',
      autocomplete: 'one-time-code',
      value: typeof otp === 'string' ? otp : undefined,
      problem: problemOf('otp', query),
    });
    const body = html`${saidOn(query, SAID)}
      ${form({ action: '/auth/user/otp/sign-in', body: typed, submit: 'Sign in' })}
      <p><a href="/by-code">Mail me another one</a> · <a href="/dev/outbox">Outbox of development</a></p>`;
    return page({ title: 'Type your code', body });
  }
}

const SAID: Said = {
  notices: { 'code-sent': 'A mail with a code is on its way. It works once, for 10 minutes, in this browser.' },
  problems: {
    ERR_INVALID_TOKEN: 'This code is wrong, too old or used, or was asked for in another browser.',
  },
};
