import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { httpOperation, knownHttpOperation } from '../../lib/contexts/http.js';

const madeRequest = () => Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/' });

describe('the operation of a request', () => {
  it('is one, whoever asks, and of no other request', () => {
    const [request, other] = [madeRequest(), madeRequest()];
    const operation = httpOperation(request, new ServerResponse(request));

    expect(knownHttpOperation(request)).toBe(operation);
    expect(httpOperation({ raw: request, method: 'GET', url: '/' }, {})).toBe(operation);
    expect(knownHttpOperation(other)).toBeNull();
  });

  it('is on no copy of the request, and in no print of it', () => {
    const request = madeRequest();
    const operation = httpOperation(request, new ServerResponse(request));
    operation.result = { apiKey: 'shown once' };

    expect(knownHttpOperation(Object.assign({ method: 'GET', url: '/' }, request))).toBeNull();
    expect(inspect(request, { depth: 20 })).not.toContain('shown once');
  });

  it('knows the address of whoever had left by the time that somebody asks, once it was asked before', () => {
    const request = Object.assign(madeRequest(), { ip: '192.0.2.1' });
    const { client } = httpOperation(request, new ServerResponse(request));
    Object.assign(request, { ip: undefined });

    expect(client.address).toBe('192.0.2.1');
    expect(httpOperation(request, new ServerResponse(request)).client).toBe(client);
  });
});
