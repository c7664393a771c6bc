import { describe, expect, it } from '@jest/globals';
import { field, form, hidden, html, type Html } from '../../lib/pages/index.js';

/** Where the lines break is nobody's business. */
function compact(markup: Html): string {
  return markup
    .toString()
    .replace(/\s+/g, ' ')
    .replace(/ ?(\/?>)/g, '$1');
}

const HOSTILE = `'"><img src=x onerror=alert(1)>`;
const ESCAPED = '&#39;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;';

describe('form', () => {
  it('posts its fields to a path of this app', () => {
    const body = [field({ name: 'email', label: 'E-mail', type: 'email' }), hidden('flow', 'abc')];

    const markup = compact(form({ action: '/auth/user/password/sign-in', body, submit: 'Sign in' }));

    expect(markup).toContain('<form method="post" action="/auth/user/password/sign-in">');
    expect(markup).toContain('<input type="hidden" name="flow" value="abc"/>');
    expect(markup).toContain('<button>Sign in</button>');
  });

  it('escapes hostile words', () => {
    const markup = compact(form({ action: `/a?b=${HOSTILE}`, body: html``, submit: HOSTILE }));

    expect(markup).toContain(`action="/a?b=${ESCAPED}"`);
    expect(markup).toContain(`<button>${ESCAPED}</button>`);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/a\\..\\\\evil.example',
    '/\t/evil.example',
    '\n//evil.example',
    'javascript:alert(1)',
    'sign-in',
    '',
  ])('refuses to send to %j', (action) => {
    expect(() => form({ action, body: html``, submit: 'Go' })).toThrow(RangeError);
  });
});

describe('field', () => {
  it('labels its input and says what a password manager may fill in', () => {
    const markup = compact(
      field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }),
    );

    expect(markup).toBe(
      '<label>Password<input name="password" type="password" autocomplete="current-password" required/></label>',
    );
  });

  it('never fills in a password or a code', () => {
    for (const type of ['password', 'code'] as const) {
      expect(field({ name: 'x', label: 'X', type, value: 'hunter2' }).toString()).not.toContain('hunter2');
    }
  });

  it('asks for the digits of a code with the keyboard for digits', () => {
    const markup = compact(field({ name: 'code', label: 'Code', type: 'code', autocomplete: 'one-time-code' }));

    expect(markup).toContain(
      '<input name="code" type="text" inputmode="numeric" autocomplete="one-time-code" required/>',
    );
  });

  it('does not require a checkbox to be ticked', () => {
    const markup = compact(field({ name: 'rememberMe', label: 'Keep me signed in', type: 'checkbox' }));

    expect(markup).toBe('<label class="check"><input name="rememberMe" type="checkbox"/> Keep me signed in</label>');
  });

  it('shows what was wrong and marks the input', () => {
    const markup = compact(field({ name: 'email', label: 'E-mail', hint: 'Any case', problem: 'is taken' }));

    expect(markup).toContain('aria-invalid="true"');
    expect(markup).toContain('<small>Any case</small><small class="problem">is taken</small>');
  });

  it('escapes hostile values in each place', () => {
    const markup = compact(field({ name: HOSTILE, label: HOSTILE, value: HOSTILE, hint: HOSTILE, problem: HOSTILE }));

    expect(markup).not.toContain('<img');
    expect(markup.split(ESCAPED)).toHaveLength(6);
    expect(compact(hidden(HOSTILE, HOSTILE))).toBe(`<input type="hidden" name="${ESCAPED}" value="${ESCAPED}"/>`);
  });
});
