import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { field, form, hidden, html, page, type Html } from 'nest-auth-plug/pages';
import { emailField, newPasswordFields } from './fields.js';
import { Pages } from './pages.decorator.js';
import { problemOf, saidOn, type Query } from './problems.js';

/** Pages for whoever is not signed in. Each form posts to the route of its phase; `AppAuthPlug` decides what comes next. */
@Pages()
@Controller()
export class VisitorController {
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
    const body = html`${saidOn(query)} ${register}
      <p>Registered before? <a href="/sign-in">Sign in</a></p>`;
    return page({ title: 'Register', body });
  }

  @Get('sign-in')
  signIn(@QueryParameters() query: Query) {
    const { returnTo } = query;
    const password = field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' });
    // The plug takes it only if it is a path of this app.
    const back = typeof returnTo === 'string' ? [hidden('returnTo', returnTo)] : [];
    const signIn = form({
      action: '/auth/user/password/sign-in',
      body: [emailField(query), password, ...back],
      submit: 'Sign in',
    });
    const body = html`${saidOn(query)} ${signIn}
      <p><a href="/register">Register</a> · <a href="/forgot">Forgot your password?</a></p>`;
    return page({ title: 'Sign in', body });
  }

  @Get('forgot')
  forgot(@QueryParameters() query: Query) {
    const request = form({
      action: '/auth/user/password/reset-request',
      body: emailField(query),
      submit: 'Mail me a link',
    });
    const body = html`${saidOn(query)} ${request}
      <p><a href="/sign-in">Sign in</a> · <a href="/dev/outbox">Outbox of development</a></p>`;
    return page({ title: 'Forgot your password?', body });
  }

  /** Where the mailed link leads. Opening it spends nothing: mail scanners open links too. */
  @Get('reset')
  reset(@QueryParameters() query: Query) {
    const { token } = query;
    const body = typeof token === 'string' ? resetForm(token, query) : withoutLink(query);
    return page({ title: 'Set a new password', body: html`${saidOn(query)} ${body}` });
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
