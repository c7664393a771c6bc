import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { form, hidden, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { Settings } from '../../settings.js';
import { SAID } from './said.js';

/** An identity as `list` answers it. */
interface Linked {
  readonly id: string;
  readonly provider: string;
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
    private readonly settings: Settings,
  ) {}

  @Get()
  async linked(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const identities = this.settings.isProduction ? [] : await this.#identitiesOf(context);
    const body = html`${saidOn(query, SAID)} ${identities.map(unlinkForm)} ${identities.length === 0 && linkForm()}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your linked accounts', body });
  }

  async #identitiesOf(context: AuthContext): Promise<readonly Linked[]> {
    const { result } = await this.auth.perform(['local-id', 'list'], {}, { context });
    return (result?.['identities'] ?? []) as readonly Linked[]; // as docs/strategies/oauth2.md says
  }
}

function unlinkForm({ id, provider, accountName }: Linked) {
  return html`<p>${provider}: ${accountName ?? 'an account'}</p>
    ${form({ action: '/auth/user/local-id/unlink', body: hidden('id', id), submit: 'Unlink' })}`;
}

function linkForm() {
  const back = hidden('returnTo', '/linked?notice=linked');
  return form({ action: '/auth/user/local-id/link', body: back, submit: 'Link Local ID' });
}
