import { form, hidden, html, page, pageHeaders } from '../../pages/index.js';
import { maskEmail } from '../../resources/index.js';
import { AuthReply } from '../../strategy/index.js';
import type { Waiting } from './confirmation.messages.js';

/** What the mailed link opens: only its button confirms, and it says to whom that gives the address. */
export function confirmPage(
  action: URL,
  { token, field }: Readonly<Record<'token' | 'field', string>>,
  { from, to }: Waiting,
): AuthReply {
  const address = maskEmail(to);
  const confirm = form({
    action: action.pathname,
    body: [hidden('token', token), hidden('field', field)],
    submit: 'Confirm the address',
  });
  const body =
    from === to
      ? html`<p>Somebody registered at ${action.host} with the address ${address}.</p>
          <p>Was it you? Then confirm that the address is yours.</p>
          ${confirm}
          <p>Was it not? Then close this page: as long as you do not confirm it, the address is not theirs.</p>`
      : html`<p>Somebody asked for ${address} to be the new address of an account at ${action.host}.</p>
          <p>Was it you? Then confirm that the address is yours. You will have to sign in again, everywhere.</p>
          ${confirm}
          <p>Was it not? Then close this page, and nothing changes.</p>`;
  return AuthReply.html(page({ title: 'Confirm your address', body }), 200, pageHeaders());
}
