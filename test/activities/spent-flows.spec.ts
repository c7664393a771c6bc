import { afterEach, describe, expect, it } from '@jest/globals';
import { definePhase, type Phase } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { spentFlowsModel } from '../../lib/sessions/index.js';
import { userResource, type User } from '../users.js';
import { operationWith } from './operations.js';

/** A phase that another site may start; it spends a flow, or forgets to. */
function back(name: string, spends: boolean): Phase<User> {
  return definePhase<User, Record<never, never>>({
    name,
    methods: ['POST'],
    fields: {},
    actor: 'anyone',
    crossSite: 'bound-by-state',
    async run({ flows }) {
      const flow = await flows.start('state', {}, { lifetimeSeconds: 60, boundTo: 'holder' });
      if (spends) await flows.spend(flow);
      return { kind: 'done' };
    },
  });
}

describe('a phase that another site may start', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());
  const boot = async () => {
    const { resource } = userResource({
      strategies: [{ name: 'odd', phases: [back('spending', true), back('forgetting', false)] }],
    });
    app = await authTestApp({ resources: [resource] });
  };
  const spent = () => app.data.forTenant('').findMany(spentFlowsModel, {}, { orderBy: 'id', limit: 9 });

  it('[RFC 9700 §4.7] is a bug where it does anything without spending a flow', async () => {
    await boot();

    expect(await app.client().post('/auth/user/odd/spending')).toMatchObject({ status: 200 });
    expect(await app.client().post('/auth/user/odd/forgetting')).toMatchObject({ status: 500 });
    expect(await spent()).toHaveLength(1);
  });

  it('[RFC 9700 §4.7] spends a flow of its own, also after another phase of the same request', async () => {
    await boot();
    const context = operationWith();

    await app.service.perform(['odd', 'spending'], {}, { context });

    await expect(app.service.perform(['odd', 'forgetting'], {}, { context })).rejects.toThrow('must spend a flow');
  });
});
