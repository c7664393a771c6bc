import { describe, expect, it } from '@jest/globals';
import { bearerToken } from '../../lib/sessions/bearer.js';

describe('[RFC 6750 §2.1] the bearer token of a request', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
  ])('is read from %j', (value, token) => {
    expect(bearerToken([value])).toEqual({ kind: 'token', token });
  });

  it.each([
    ['no header', []],
    ['another scheme', ['Basic abc']],
    ['a scheme that begins so', ['BearerX abc']],
    ['an empty header', ['']],
  ])('is absent with %s', (_, values) => {
    expect(bearerToken(values)).toEqual({ kind: 'absent' });
  });

  it.each([
    ['two headers', ['Bearer abc', 'Bearer abc']],
    ['two headers of different schemes', ['Basic abc', 'Bearer abc']],
    ['two spaces', ['Bearer  abc']],
    ['a tab', ['Bearer abc\t']],
    ['a space at the end', ['Bearer abc ']],
    ['two tokens', ['Bearer abc def']],
    ['a list', ['Bearer abc, Bearer def']],
    ['no token', ['Bearer']],
    ['an empty token', ['Bearer ']],
    ['padding in the middle', ['Bearer a=b']],
    ['a quoted token', ['Bearer "abc"']],
    ['a letter of elsewhere', ['Bearer äbc']],
  ])('is malformed with %s', (_, values) => {
    expect(bearerToken(values)).toEqual({ kind: 'malformed' });
  });
});
