import { AuthReply, type AuthContext } from 'nest-auth-plug';
import { html, page, pageHeaders } from 'nest-auth-plug/pages';
import { dynamicOidc } from 'nest-auth-plug/strategies/dynamic-oidc';
import type { SampleRoom } from '../room.js';
import { AcmeServer } from './acme.server.js';
import { ByOrganisationController } from './by-organisation.controller.js';
import { OrganisationsController } from './organisations.controller.js';
import { SAID } from './said.js';

const PAGE = '/by-organisation';

/** Whoever types an address goes to the provider of their organisation. In development there is one, Acme's, to be connected by a button. */
export const dynamicOidcRoom: SampleRoom = {
  strategy: ({ isProduction }) =>
    dynamicOidc({
      scope: 'openid email profile',
      profile: { name: 'name' },
      registration: 'open',
      otherwise: PAGE,
      allowPrivateIssuers: !isProduction, // Acme's provider is on this machine
    }),
  forms: {
    'sso discover': { page: PAGE, next: goOn },
    'sso request': { page: PAGE, next: '/' },
    'sso callback': { page: PAGE, next: '/' },
  },
  controllers: [ByOrganisationController, OrganisationsController],
  providers: [AcmeServer],
  signInLinks: [{ href: PAGE, text: 'Sign in with your organisation' }],
  said: SAID,
};

/** By a page: a redirect after a form would be stopped at the provider, for `form-action` of the page with the form holds for it. */
function goOn({ result }: AuthContext): AuthReply {
  const { to, connection, displayName } = result ?? {};
  if (typeof to !== 'string' || connection === null) return AuthReply.redirect(`${PAGE}?notice=no-organisation`);
  const body = html`<p><a href="${to}">Continue to ${String(displayName)}</a></p>`;
  return AuthReply.html(page({ title: String(displayName), body }), 200, { ...pageHeaders(), refresh: `0;url=${to}` });
}
