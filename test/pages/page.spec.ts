import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { html, page, pageHeaders } from '../../lib/pages/index.js';

describe('page', () => {
  it('is a complete document with the title in the tab and as the heading', () => {
    const document = page({ title: 'Sign in', body: html`<p>Hello</p>` });

    expect(document).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(document).toContain('<title>Sign in</title>');
    expect(document).toContain('<h1>Sign in</h1>');
    expect(document).toContain('<p>Hello</p>');
    expect(document).toMatch(/<\/html>$/);
  });

  it('escapes a hostile title and language', () => {
    const document = page({ title: '</title><script>1</script>', language: '"><script>', body: html`` });

    expect(document).not.toContain('<script');
  });

  it('holds no script, no event handler and nothing from elsewhere', () => {
    const document = page({ title: 'Sign in', body: html`<p>Hello</p>` });

    expect(document).not.toMatch(/<script|\son\w+=|https?:|<link|<img|@import|url\(/i);
  });
});

describe('a page with scripts', () => {
  it('names them, each a module of this app', () => {
    const document = page({ title: 'x', body: html``, scripts: ['/a.js?x=1&y="', '/b.js'] });

    expect(document.match(/<script[^]*?<\/script>/g)).toEqual([
      '<script type="module" src="/a.js?x=1&amp;y=&quot;"></script>',
      '<script type="module" src="/b.js"></script>',
    ]);
  });

  it.each(['https://evil.example/x.js', '//evil.example/x.js', '/\\evil.example', 'x.js', 'javascript:1', 'data:,1'])(
    'has none from elsewhere: %s',
    (path) => {
      expect(() => page({ title: 'x', body: html``, scripts: [path] })).toThrow(RangeError);
    },
  );

  it('says so in its policy, which allows none that stands in the page', () => {
    const policy = pageHeaders({ scripts: true })['content-security-policy'];

    expect(policy).toContain("; script-src 'self'; connect-src 'self'; ");
    expect(policy).not.toContain('unsafe');
  });
});

describe('pageHeaders', () => {
  it('allows the style of the page, to the byte, and nothing else', () => {
    const [, css = ''] = /<style>([^]*)<\/style>/.exec(page({ title: 'x', body: html`` })) ?? [];
    const hash = createHash('sha256').update(css).digest('base64');

    expect(pageHeaders()).toEqual({
      'content-security-policy':
        `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; ` +
        `base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });
});
