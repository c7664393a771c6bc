import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { field, form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { SAID } from './said.js';

/** A key as `list` answers it. */
interface ListedKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

/** For whoever is signed in: their keys, and a form to make one. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  async apiKeys(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const { result } = await this.auth.perform(['api-key', 'list'], {}, { context });
    const keys = (result?.['keys'] ?? []) as readonly ListedKey[]; // as docs/strategies/api-key.md says
    const body = html`${saidOn(query, SAID)} ${keys.map(listed)} ${newKey(query)}
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your API keys', body });
  }
}

/** The page that follows. The key is on no other. */
export function shownOnce(key: string) {
  const body = html`<p>This is your new key. It is shown this once: keep it where you keep passwords.</p>
    <p><code>${key}</code></p>
    <p>Try it: <code>curl -H "Authorization: Bearer …" …/api/me</code></p>
    <p><a href="/api-keys">Your API keys</a></p>`;
  return page({ title: 'Your new key', body });
}

function newKey(query: Query): Html {
  const name = field({
    name: 'name',
    label: 'Name',
    hint: 'Where you will use it.',
    problem: problemOf('name', query),
  });
  const scope = field({
    name: 'scopes',
    label: 'May read your profile',
    type: 'checkbox',
    value: 'profile:read',
    problem: problemOf('scopes', query),
  });
  return form({ action: '/auth/user/api-key/issue', body: [name, scope], submit: 'Make a key' });
}

function listed({ id, name, scopes, lastUsedAt, expiresAt }: ListedKey): Html {
  const used = lastUsedAt === null ? 'never used' : `last used ${dayOf(lastUsedAt)}`;
  const may = scopes.length === 0 ? 'no scopes' : scopes.join(', ');
  return html`<p>${name}<br /><small>${may}; ${used}; until ${dayOf(expiresAt)}</small></p>
    ${form({ action: '/auth/user/api-key/revoke', body: hidden('keyId', id), submit: `Revoke ${name}` })}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
