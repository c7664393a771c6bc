import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import {
  ProviderCalls,
  resolveCallSettings,
  type CallSettings,
} from '../../../lib/strategies/oauth2/provider-calls.js';

const GET = { method: 'GET', headers: {} };
const calls = (settings: CallSettings = {}) => new ProviderCalls(resolveCallSettings(settings), new FakeClock());
const reasonOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
    return 'answered';
  } catch (error) {
    return Reflect.get(Object(error), 'reason');
  }
};

describe('a call to a provider', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => void server.close());

  it.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://acme.example',
    'ftp://acme.example',
    'file:///etc/passwd',
    'javascript:1',
    '',
  ])('[ASVS 12.3.1] goes by https alone, and not to %j', async (url) => {
    expect(await reasonOf(calls().send(url, GET))).toBe('provider_not_https');
    expect(() => calls().usable(url)).toThrow();
  });

  it('[ASVS 12.3.1] goes by http to this machine alone, where the app says so', async () => {
    const allowed = calls({ allowHttpOnLoopback: true });

    const response = await allowed.send(`http://127.0.0.1:${port}/`, GET);

    expect(await response.json()).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'nest-auth-plug' });
    expect(await reasonOf(allowed.send('http://127.0.0.1.acme.example/', GET))).toBe('provider_not_https');
    expect(await reasonOf(allowed.send('http://10.0.0.1/', GET))).toBe('provider_not_https');
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    '10.1.2.3',
    '192.168.0.1',
    '169.254.169.254',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '0x7f.1',
    '2130706433',
    'localhost',
  ])('[ASVS 1.3.6] [ASVS 13.2.4] goes to no address of this network where that is to be, as %s is', async (host) => {
    expect(await reasonOf(calls({ refusePrivateAddresses: true }).send(`https://${host}/`, GET))).toBe(
      'provider_private_address',
    );
  });

  it('[ASVS 12.3.2] wants a certificate that it trusts', async () => {
    expect(await reasonOf(calls().send(`https://127.0.0.1:${port}/`, GET))).toBe('provider_unreachable');
  });
});
