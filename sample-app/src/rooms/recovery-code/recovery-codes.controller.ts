import { Controller, Get, Query as QueryParameters, UseFilters, UseGuards } from '@nestjs/common';
import { AuthService, CurrentContext, SessionUserGuard, type AuthContext } from 'nest-auth-plug';
import { form, html, page } from 'nest-auth-plug/pages';
import { Pages } from '../../pages/pages.decorator.js';
import { saidOn, type Query } from '../../pages/problems.js';
import { ToSignInFilter } from '../../pages/to-sign-in.filter.js';
import { SAID } from './said.js';

/** For whoever is signed in: how many codes are left, and a button for others. */
@Pages()
@UseGuards(SessionUserGuard)
@UseFilters(ToSignInFilter)
@Controller('recovery-codes')
export class RecoveryCodesController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  async recoveryCodes(@CurrentContext() context: AuthContext, @QueryParameters() query: Query) {
    const { result } = await this.auth.perform(['recovery-code', 'status'], {}, { context });
    const body = html`${saidOn(query, SAID)}
      <p>
        Codes that are left: ${Number(result?.['codesLeft'])}. Each signs you in once, where your other factor is lost.
      </p>
      ${form({ action: '/auth/user/recovery-code/generate', body: [], submit: 'Make new codes' })}
      <p>Those that you have now work no more then.</p>
      <p><a href="/">Home</a></p>`;
    return page({ title: 'Your recovery codes', body });
  }
}

/** The page that follows. The codes are on no other; as a file they come without another request. */
export function shownOnce(codes: readonly string[]) {
  const text = encodeURIComponent(`Recovery codes of the sample app. Each works once.\n\n${codes.join('\n')}\n`);
  const body = html`<p>They are shown this once. Print them, or keep them as a file, apart from your telephone.</p>
    ${codes.map((code) => html`<p><code>${code}</code></p>`)}
    <p><a download="recovery-codes.txt" href="data:text/plain;charset=utf-8,${text}">Download them</a></p>
    <p><a href="/">Home</a></p>`;
  return page({ title: 'Your new recovery codes', body });
}
