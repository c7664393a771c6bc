import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { field, form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import type { ListedPasskey } from 'nest-auth-plug/strategies/webauthn';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { passkeyForm, SCRIPT } from './passkey-form.js';
import { SAID } from './said.js';

/** For whoever is signed in: their passkeys, and a button to add one. */
@Pages({ scripts: true })
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('passkeys')
export class PasskeysController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  async passkeys(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const { result } = await this.auth.perform(['webauthn', 'list'], {}, { context });
    const passkeys = (result?.['passkeys'] ?? []) as readonly ListedPasskey[]; // as docs/strategies/webauthn.md says
    const body = html`${saidOn(query, SAID)} ${passkeys.map((passkey) => listed(passkey, query))} ${newPasskey()}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your passkeys', body, scripts: [SCRIPT] });
  }
}

function newPasskey(): Html {
  const name = field({ name: 'name', label: 'Name of the new one', hint: 'Where it is.', required: false });
  return passkeyForm({
    kind: 'register',
    next: '/passkeys?notice=passkey-added',
    body: [name],
    submit: 'Add a passkey',
  });
}

function listed({ id, name, createdAt, lastUsedAt, backedUp }: ListedPasskey, query: Query): Html {
  const used = lastUsedAt === null ? 'never used' : `last used ${dayOf(lastUsedAt)}`;
  const where = backedUp ? 'synchronised' : 'on one device';
  const another = field({ name: 'name', label: `Another name for ${name}`, problem: problemOf('name', query) });
  const base = '/auth/user/webauthn';
  return html`<p>${name}<br /><small>${where}; since ${dayOf(createdAt)}; ${used}</small></p>
    ${form({ action: `${base}/rename`, body: [hidden('passkeyId', id), another], submit: `Rename ${name}` })}
    ${form({ action: `${base}/remove`, body: hidden('passkeyId', id), submit: `Remove ${name}` })}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
