import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { SessionUserGuard } from 'nest-auth-plug';
import { field, form, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { newPasswordFields } from './new-password-fields.js';
import { SAID } from './said.js';

/** For whoever is signed in. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('change-password')
export class ChangePasswordController {
  @Get()
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
    const body = html`${saidOn(query, SAID)} ${change}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Change your password', body });
  }
}
