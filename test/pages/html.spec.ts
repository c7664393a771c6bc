import { describe, expect, it } from '@jest/globals';
import { html, type Html, type HtmlValue } from '../../lib/pages/index.js';

const HOSTILE = `"><script>alert('1')</script>&`;

describe('html', () => {
  it('escapes a value in text and in a quoted attribute', () => {
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;';

    expect(html`<p title="${HOSTILE}">${HOSTILE}</p>`.toString()).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('nests pieces as they are, and lists of them', () => {
    const items: readonly Html[] = ['<a>', 'b'].map((text) => html`<li>${text}</li>`);

    expect(html`${items}!`.toString()).toBe('<li>&lt;a&gt;</li><li>b</li>!');
  });

  it('escapes what only looks like a piece', () => {
    const forged: unknown = { markup: '<b>', toString: () => '<b>' };
    const madeElsewhere: HtmlValue[] = [html`<b></b>`.toString()];

    expect(html`${forged as HtmlValue}${madeElsewhere}`.toString()).toBe('&lt;b&gt;&lt;b&gt;&lt;/b&gt;');
  });

  it.each([
    [null, ''],
    [undefined, ''],
    [false, ''],
    [0, '0'],
    [10n, '10'],
    ['', ''],
    [['&', null, [1]], '&amp;1'],
  ] satisfies [HtmlValue, string][])('writes %p as %p', (value: HtmlValue, expected: string) => {
    expect(html`${value}`.toString()).toBe(expected);
  });

  it('escapes once: what was typed as an entity is shown as typed', () => {
    expect(html`${'&lt;b&gt;'}`.toString()).toBe('&amp;lt;b&amp;gt;');
  });

  // Not written as templates: prettier would mend them.
  it.each([
    ['an unquoted attribute', '<p title=', '></p>'],
    ['an unquoted attribute with room around it', '<p title = ', '></p>'],
    ['a script', '<script>let name = "', '"</script>'],
    ['a style', '<STYLE media="print">p { color: ', ' }</STYLE>'],
  ])('refuses %s', (_, ...texts) => {
    const template = Object.assign(texts, { raw: texts });

    expect(() => html(template, 'x')).toThrow(TypeError);
  });
});
