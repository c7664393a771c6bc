import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { field, form, html, page, type Html } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { SAID } from './said.js';

const AT = '/auth/user/totp';

/** For whoever is signed in: how it stands with their authenticator app. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('authenticator')
export class AuthenticatorController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  async authenticator(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const { result } = await this.auth.perform(['totp', 'status'], {}, { context });
    const { confirmedAt, setupExpiresAt } = result ?? {};
    const setup = setupExpiresAt === null ? html`` : waiting(query);
    const body = html`${saidOn(query, SAID)} ${confirmedAt === null ? setup : enrolled()}
      ${confirmedAt === null && form({ action: `${AT}/setup`, body: [], submit: 'Set up an app' })}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your authenticator app', body });
  }
}

function waiting(query: Query): Html {
  return html`<p>An app waits for its first code. <a href="${AT}">Show the QR code</a></p>
    ${form({ action: `${AT}/confirm-setup`, body: codeField(query), submit: 'Turn on' })}`;
}

/** Without a code: whoever has shown a second factor a short while ago, which a recovery code is as well. */
function enrolled(): Html {
  return html`<p>It is on: signing in takes one of its codes.</p>
    ${form({ action: `${AT}/disable`, body: [], submit: 'Turn off' })}`;
}

function codeField(query: Query): Html {
  const problem = problemOf('code', query);
  return field({ name: 'code', label: 'Code', type: 'code', autocomplete: 'one-time-code', problem });
}
