import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { field, form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import { emailField } from '../../pages/fields.js';
import { Pages } from '../../pages/pages.decorator.js';
import { problemOf, saidOn, type Query } from '../../pages/problems.js';
import { newPasswordFields } from './new-password-fields.js';
import { SAID } from './said.js';

/** For whoever has no account yet, or forgot the password. */
@Pages()
@Controller()
export class PasswordController {
  @Get('register')
  register(@QueryParameters() query: Query) {
    const name = field({
      name: 'name',
      label: 'Name',
      autocomplete: 'name',
      required: false,
      problem: problemOf('name', query),
    });
    const register = form({
      action: '/auth/user/password/register',
      body: [name, emailField(query), ...newPasswordFields(query)],
      submit: 'Register',
    });
    const body = html`${saidOn(query, SAID)} ${register}
      <p>Registered before? <a href="/sign-in">Sign in</a></p>`;
    return page({ title: 'Register', body });
  }

  @Get('forgot')
  forgot(@QueryParameters() query: Query) {
    const request = form({
      action: '/auth/user/password/reset-request',
      body: emailField(query),
      submit: 'Mail me a link',
    });
    const body = html`${saidOn(query, SAID)} ${request}
      <p><a href="/sign-in">Sign in</a> · <a href="/dev/outbox">Outbox of development</a></p>`;
    return page({ title: 'Forgot your password?', body });
  }

  /** Where the mailed link leads. Opening it spends nothing: mail scanners open links too. */
  @Get('reset')
  reset(@QueryParameters() query: Query) {
    const { token } = query;
    const body = typeof token === 'string' ? resetForm(token, query) : withoutLink(query);
    return page({ title: 'Set a new password', body: html`${saidOn(query, SAID)} ${body}` });
  }
}

function resetForm(token: string, query: Query): Html {
  return form({
    action: '/auth/user/password/reset',
    body: [hidden('resetToken', token), ...newPasswordFields(query)],
    submit: 'Set the password',
  });
}

/** After a refusal: the token is in the mail and nowhere else, in no address of ours either. */
function withoutLink(query: Query): Html {
  const problems = ['password', 'passwordConfirmation'].map((name) => problemOf(name, query));
  return html`${problems.map((problem) => problem !== undefined && html`<p class="problem">${problem}</p>`)}
    <p>Open the link in the mail once more, or <a href="/forgot">ask for a new one</a>.</p>`;
}
