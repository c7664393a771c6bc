import { Body, Controller, Get, Post, Query as QueryParameters, Redirect, UseGuards } from '@nestjs/common';
import { AuthError, AuthService } from 'nest-auth-plug';
import { form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import type { Connection } from 'nest-auth-plug/strategies/dynamic-oidc';
import { LoopbackGuard } from '../../dev/loopback.guard.js';
import { OwnSiteGuard } from '../../dev/own-site.guard.js';
import { Pages } from '../../pages/pages.decorator.js';
import { problemQuery, saidOn, type Query } from '../../pages/problems.js';
import { Settings } from '../../settings.js';
import { acmeOf } from './acme.server.js';
import { SAID } from './said.js';

const PAGE = '/dev/organisations';
const ACTIONS = ['disable', 'enable', 'remove'];

/**
 * Whose providers the app takes, for whoever sits at this machine. In an app of yours this is a page of your administrators: whoever
 * writes a connection says who people are.
 */
@UseGuards(LoopbackGuard, OwnSiteGuard)
@Controller('dev/organisations')
export class OrganisationsController {
  constructor(
    private readonly auth: AuthService,
    private readonly settings: Settings,
  ) {}

  @Pages()
  @Get()
  async list(@QueryParameters() query: Query) {
    const { result } = await this.auth.perform(['sso', 'list-connections'], {});
    const connections = (result?.['connections'] ?? []) as readonly Connection[]; // as docs/strategies/dynamic-oidc.md says
    const body = html`${saidOn(query, SAID)} ${connections.map(connectionItem)}
      ${connections.length === 0 && form({ action: `${PAGE}/connect`, body: [], submit: 'Connect Acme' })}
      <p><a href="/by-organisation">Sign in with your organisation</a></p>`;
    return page({ title: 'Organisations', body });
  }

  @Post('connect')
  @Redirect(PAGE, 303)
  connect() {
    return this.#then('connected', ['create-connection', acmeOf(this.settings)]);
  }

  @Post('change')
  @Redirect(PAGE, 303)
  change(@Body() { connection, action }: Readonly<Record<string, unknown>>) {
    const [what = 'disable'] = ACTIONS.filter((one) => one === action);
    return this.#then(`${what}d`, [`${what}-connection`, { connection }]);
  }

  async #then(notice: string, [phase, input]: readonly [string, Readonly<Record<string, unknown>>]) {
    try {
      await this.auth.perform(['sso', phase], input);
      return { url: `${PAGE}?notice=${notice}` };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      return { url: `${PAGE}?${new URLSearchParams(problemQuery(error)).toString()}` };
    }
  }
}

function connectionItem({ id, displayName, issuer, domains, disabledAt }: Connection): Html {
  const button = (action: string, submit: string) =>
    form({ action: `${PAGE}/change`, body: [hidden('connection', id), hidden('action', action)], submit });
  return html`<p>${displayName}, for ${domains.join(', ')}, at ${issuer}${disabledAt !== null && html` (disabled)`}</p>
    ${disabledAt === null ? button('disable', 'Disable') : button('enable', 'Enable')} ${button('remove', 'Remove')}`;
}
