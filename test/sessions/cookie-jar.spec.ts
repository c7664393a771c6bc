import { describe, expect, it } from '@jest/globals';
import { CookieJar } from '../../lib/sessions/index.js';

const NAME = '__Host-user-session';

describe('cookies that came in', () => {
  it('are read by name', () => {
    const jar = new CookieJar([`a=1; ${NAME}=x%20y`, 'b=2'], true);

    expect([jar.get('a'), jar.get(NAME), jar.get('b'), jar.get('c')]).toEqual(['1', 'x y', '2', null]);
  });

  it.each([
    ['in one header', [`${NAME}=first; ${NAME}=second`]],
    ['in two headers', [`${NAME}=first`, `${NAME}=second`]],
    ['with the same value', [`${NAME}=same; ${NAME}=same`]],
    ['once empty', [`${NAME}=; ${NAME}=second`]],
  ])('are nothing when they come twice, %s', (_, headers) => {
    const jar = new CookieJar(headers, true);

    expect([jar.get(NAME), jar.isRepeated(NAME), jar.hasAny('__Host-')]).toEqual([null, true, true]);
    expect(new CookieJar([`${NAME}=one`], true).isRepeated(NAME)).toBe(false);
  });

  it.each([
    ['among others', `theme=dark; ${NAME}=x;other=`],
    ['with white space around', `a=1;  ${NAME} = x ; b=2`],
    ['beside what is no cookie', `;; =; x; ${NAME}=x; ${NAME}`],
    ['whose name others begin or end with', `${NAME}-flow=y; ${NAME}=x; my${NAME}=z`],
  ])('are found %s', (_, header) => {
    const jar = new CookieJar([header], true);

    expect([jar.get(NAME), jar.isRepeated(NAME), jar.hasAny('__Host-'), jar.hasAny('x')]).toEqual([
      'x',
      false,
      true,
      false,
    ]);
  });

  it('take no name from what every object has', () => {
    const jar = new CookieJar(['__proto__=x; constructor=y'], true);

    expect([jar.get('toString'), jar.get('hasOwnProperty')]).toEqual([null, null]);
  });
});

describe('cookies that go out', () => {
  it('[ASVS 3.3.1] [ASVS 3.3.2] [ASVS 3.3.4] have the attributes that keep them', () => {
    const jar = new CookieJar([], true);
    jar.set(NAME, 'x', 60);

    const [cookie = '', ...more] = jar.take();
    expect(more).toEqual([]);
    expect(cookie.split('; ').toSorted((a, b) => a.localeCompare(b))).toEqual([
      '__Host-user-session=x',
      'HttpOnly',
      'Max-Age=60',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ]);
  });

  it('end with the browser where no lifetime is given', () => {
    const jar = new CookieJar([], true);
    jar.set(NAME, 'x', null);

    expect(jar.take()[0]).not.toMatch(/max-age|expires/i);
  });

  it('are cleared with the same attributes', () => {
    const jar = new CookieJar([`${NAME}=x`], true);
    jar.clear(NAME);

    expect(jar.take()[0]).toMatch(/^__Host-user-session=; Max-Age=0; .*HttpOnly; Secure; SameSite=Lax$/);
  });

  it('[ASVS 1.2.1] carry no line end and no attribute of somebody else', () => {
    const jar = new CookieJar([], true);
    jar.set(NAME, 'a\r\nSet-Cookie: b=c; Domain=evil.example', 60);

    expect(jar.take()[0]).not.toMatch(/[\r\n]|; Domain/);
  });

  it('are sent once, the last word of each name', () => {
    const jar = new CookieJar([], true);
    jar.set(NAME, 'first', 60);
    jar.clear(NAME);
    jar.set(NAME, 'last', 60);

    expect(jar.take().map((cookie) => cookie.split(';')[0])).toEqual([`${NAME}=last`]);
    expect(jar.take()).toEqual([]);
  });

  it('are dropped when the answer fails', () => {
    const jar = new CookieJar([], true);
    jar.set(NAME, 'x', 60);
    jar.discard();

    expect(jar.take()).toEqual([]);
  });

  it('[ASVS 3.3.5] are refused where browsers would cut them', () => {
    const jar = new CookieJar([], true);

    expect(() => jar.set(NAME, 'x'.repeat(4096), 60)).toThrow('larger than browsers keep');
    expect(jar.take()).toEqual([]);
  });

  it('are refused where nothing could carry them', () => {
    expect(() => new CookieJar([], false).set(NAME, 'x', 60)).toThrow('no answer that carries one');
  });
});
