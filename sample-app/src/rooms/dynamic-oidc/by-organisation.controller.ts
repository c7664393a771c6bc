import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { field, form, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { Settings } from '../../settings.js';
import { SignInFields } from '../room.js';
import { SAID } from './said.js';

/** Where somebody says whose they are, by their address. */
@Pages()
@Controller('by-organisation')
export class ByOrganisationController {
  constructor(
    private readonly fields: SignInFields,
    private readonly settings: Settings,
  ) {}

  @Get()
  ask(@QueryParameters() query: Query) {
    const email = field({
      name: 'email',
      label: 'Address at work',
      type: 'email',
      autocomplete: 'email',
      problem: problemOf('email', query),
    });
    const body = [email, ...this.fields.of(query)];
    const organisations = html` · <a href="/dev/organisations">Organisations of development</a>`;
    const content = html`${saidOn(query, SAID)} ${form({ action: '/auth/user/sso/discover', body, submit: 'Go on' })}
      <p><a href="/sign-in">Sign in otherwise</a>${!this.settings.isProduction && organisations}</p>`;
    return page({ title: 'Sign in with your organisation', body: content });
  }
}
