import { describe, expect, it } from '@jest/globals';
import { CrossSiteRefused } from 'nest-auth-plug';
import { refuseCrossSite } from '../../lib/activities/cross-site.js';
import { operationWith } from './operations.js';

const SITE = { origins: new Set(['https://app.example']), cookiePrefix: '__Host-' };
const OURS = '__Host-user-session=x';
type Headers = Parameters<typeof operationWith>[0];

const check = (headers: Headers) => () => refuseCrossSite(operationWith(headers), SITE);

describe('[ASVS 3.5.1] a state-changing request', () => {
  it.each<[string, Headers]>([
    ['of our own page', { 'sec-fetch-site': 'same-origin', origin: 'https://app.example', cookie: OURS }],
    ['of our own page that hides where it is', { 'sec-fetch-site': 'same-origin', origin: 'null', cookie: OURS }],
    ['that somebody typed', { 'sec-fetch-site': 'none', cookie: OURS }],
    ['of a trusted origin, from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }],
    ['of an old browser on our page', { origin: 'https://app.example', cookie: OURS }],
    ['of no browser, without cookies of ours', { cookie: 'theirs=1' }],
    ['of no browser, as JSON', { cookie: OURS, 'content-type': 'application/json; charset=utf-8' }],
    ['of no browser, as JSON in capitals', { cookie: OURS, 'content-type': 'Application/JSON' }],
  ])('%s is taken', (_, headers) => {
    expect(check(headers)).not.toThrow();
  });

  it.each<[string, string, Headers]>([
    ['from another site', 'sec_fetch_site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['from another host of our site', 'sec_fetch_site', { 'sec-fetch-site': 'same-site' }],
    ['with a value that nobody knows', 'sec_fetch_site', { 'sec-fetch-site': 'same-planet' }],
    ['as JSON', 'sec_fetch_site', { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }],
    ['without cookies, to sign in', 'sec_fetch_site', { 'sec-fetch-site': 'cross-site' }],
    ['of an old browser', 'origin', { origin: 'https://evil.example', 'content-type': 'application/json' }],
    ['of an old browser that hides where it is', 'origin', { origin: 'null' }],
    ['of our host on another port', 'origin', { origin: 'https://app.example:8443' }],
    ['of our host without TLS', 'origin', { origin: 'http://app.example' }],
    ['with a host that begins as ours', 'origin', { origin: 'https://app.example.evil.example' }],
    ['with two origins', 'repeated_origin', { origin: ['https://app.example', 'https://evil.example'] }],
    ['with two sites', 'repeated_sec_fetch_site', { 'sec-fetch-site': ['same-origin', 'cross-site'] }],
    ['as a form with a cookie and no word of where', 'no_origin', { cookie: OURS, 'content-type': 'text/plain' }],
    ['with a cookie and no type', 'no_origin', { cookie: OURS }],
    ['as nearly JSON', 'no_origin', { cookie: OURS, 'content-type': 'application/jsonp' }],
    ['as a form that mentions JSON', 'no_origin', { cookie: OURS, 'content-type': 'text/plain; application/json' }],
    ['with a cookie of ours twice', 'no_origin', { cookie: `${OURS}; ${OURS}` }],
  ])('%s is refused: %s', (_, reason, headers) => {
    expect(check(headers)).toThrow(CrossSiteRefused);
    expect(check(headers)).toThrow(expect.objectContaining({ reason }));
  });
});
