import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { form, hidden, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { Providers, type ProviderName } from '../room.js';
import { SAID } from './said.js';

/** An identity as `list` answers it. */
interface Linked {
  readonly id: string;
  readonly accountName: string | null;
}

/** For whoever is signed in: their accounts elsewhere. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('linked')
export class LinkedController {
  constructor(
    private readonly auth: AuthService,
    private readonly providers: Providers,
  ) {}

  @Get()
  async linked(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const forms = await Promise.all(this.providers.all.map((provider) => this.#formsFor(provider, context)));
    const body = html`${saidOn(query, SAID)} ${forms}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your linked accounts', body });
  }

  async #formsFor(provider: ProviderName, context: AuthContext) {
    const { result } = await this.auth.perform([provider.name, 'list'], {}, { context });
    const identities = (result?.['identities'] ?? []) as readonly Linked[]; // as docs/strategies/oauth2.md says
    return identities.length === 0 ? linkForm(provider) : identities.map((one) => unlinkForm(provider, one));
  }
}

function unlinkForm({ name, label }: ProviderName, { id, accountName }: Linked) {
  return html`<p>${label}: ${accountName ?? 'an account'}</p>
    ${form({ action: `/auth/user/${name}/unlink`, body: hidden('id', id), submit: 'Unlink' })}`;
}

function linkForm({ name, label }: ProviderName) {
  const back = hidden('returnTo', '/linked?notice=linked');
  return form({ action: `/auth/user/${name}/link`, body: back, submit: `Link ${label}` });
}
