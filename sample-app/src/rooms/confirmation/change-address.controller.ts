import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { SessionUserGuard } from 'nest-auth-plug';
import { field, form, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { SAID } from './said.js';

/** For whoever is signed in. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('change-address')
export class ChangeAddressController {
  @Get()
  changeAddress(@QueryParameters() query: Query) {
    const address = field({
      name: 'email',
      label: 'New address',
      type: 'email',
      autocomplete: 'email',
      problem: problemOf('email', query),
    });
    const change = form({
      action: '/auth/user/confirmation/change',
      body: address,
      submit: 'Change the address',
    });
    const body = html`${saidOn(query, SAID)} ${change}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Change your address', body });
  }
}
