import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { form, html, page } from 'nest-auth-plug/pages';
import { emailField } from '../../pages/fields.js';
import { Pages } from '../../pages/pages.decorator.js';
import { saidOn, type Query } from '../../pages/problems.js';
import { SAID } from './said.js';

/** For whoever has an address to confirm, signed in or not. The page behind the mailed link is the add-on's own. */
@Pages()
@Controller()
export class AddressController {
  @Get('confirm-address')
  again(@QueryParameters() query: Query) {
    const resend = form({
      action: '/auth/user/confirmation/resend',
      body: emailField(query),
      submit: 'Mail me another link',
    });
    const body = html`${saidOn(query, SAID)} ${resend}
      <p><a href="/sign-in">Sign in</a> · <a href="/dev/outbox">Outbox of development</a></p>`;
    return page({ title: 'Confirm your address', body });
  }

  @Get('address-confirmed')
  confirmed() {
    return page({ title: 'Your address is confirmed', body: html`<p><a href="/">Go on</a></p>` });
  }
}
