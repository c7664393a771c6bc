import { describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { FakeClock } from 'nest-auth-plug/testing';
import { Secret } from '../../lib/secrets/index.js';
import { SealedFlows, spentFlowsModel, type FlowScope, type Operation } from '../../lib/sessions/index.js';
import { KeyRing } from '../../lib/tokens/index.js';
import { operationWith } from '../activities/operations.js';

const OLD = new Secret('k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM');
const NEW = new Secret('8Hn2uQwLr6vXc0TzYp4sJdKfGmBaEiOqRtUyWxZlCvN');
const HOLDER = { lifetimeSeconds: 600, boundTo: 'holder' } as const;
const BROWSER = { lifetimeSeconds: 600, boundTo: 'browser' } as const;

const scopeOf = (secrets: readonly Secret[], change: Partial<FlowScope> = {}): FlowScope => {
  const keys = () => new KeyRing(secrets).encryptionKeys('flow');
  return { keys, audience: 'app:user', subjectName: 'user', room: 'otp', ...change };
};

async function world() {
  const layer = await memoryDataLayer().open([spentFlowsModel]);
  const clock = new FakeClock();
  const flows = (operation: Operation, scope = scopeOf([OLD])) =>
    new SealedFlows(scope, operation, { tenant: null, data: layer.forTenant('') }, clock);
  return { clock, flows, layer };
}

/** The next request of the browser that got the cookies of this one. */
function nextOf(operation: Operation): Operation {
  const pairs = operation.cookies.take().map((cookie) => cookie.split(';')[0] ?? '');
  return operationWith({ cookie: pairs.join('; ') });
}

describe('a flow', () => {
  it('is found again by its cookie, and by its handle where whoever holds it may go on', async () => {
    const { flows } = await world();
    const first = operationWith();
    const { handle, id } = await flows(first).start('code', { a: 1 }, HOLDER);

    expect(await flows(nextOf(first)).read('code')).toMatchObject({ id, data: { a: 1 } });
    expect(await flows(operationWith()).read('code', handle)).toMatchObject({ id, data: { a: 1 } });
  });

  it('[ASVS 3.5.1] is opened by its cookie alone where it is bound to the browser', async () => {
    const { flows } = await world();
    const first = operationWith();
    const { handle, id } = await flows(first).start('code', {}, BROWSER);

    expect(await flows(operationWith()).read('code', handle)).toBeNull();
    expect(await flows(nextOf(first)).read('code')).toMatchObject({ id });
  });

  it('says nothing of what it holds to whoever has it', async () => {
    const { flows } = await world();
    const { handle } = await flows(operationWith()).start('code', { subject: 'user?id=1' }, HOLDER);

    expect(Buffer.from(handle, 'base64url').toString('latin1')).not.toMatch(/user|holder|data/);
  });

  it.each<[string, Partial<FlowScope>, string]>([
    ['of another resource', { audience: 'app:admin' }, 'code'],
    ['of another room', { room: 'magic-link' }, 'code'],
    ['of another kind', {}, 'challenge'],
  ])('is nothing as one %s', async (_, change, kind) => {
    const { flows } = await world();
    const { handle } = await flows(operationWith()).start('code', {}, HOLDER);

    expect(await flows(operationWith(), scopeOf([OLD], change)).read(kind, handle)).toBeNull();
  });

  it('is nothing when a single bit of it is another', async () => {
    const { flows } = await world();
    const { handle } = await flows(operationWith()).start('code', {}, HOLDER);
    const bytes = Buffer.from(handle, 'base64url');

    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await flows(operationWith()).read('code', changed.toString('base64url'))).toBeNull();
    }
    for (const other of ['', 'x', `${handle}=`, ` ${handle}`, handle.slice(0, -1)]) {
      expect(await flows(operationWith()).read('code', other)).toBeNull();
    }
  });

  it('is nothing when its cookie came twice, or its time is over', async () => {
    const { clock, flows } = await world();
    const first = operationWith();
    const { handle } = await flows(first).start('code', {}, HOLDER);
    const name = '__Host-user-flow-otp-code';

    expect(await flows(operationWith({ cookie: `${name}=${handle}; ${name}=${handle}` })).read('code')).toBeNull();
    clock.advance(599);
    expect(await flows(operationWith()).read('code', handle)).not.toBeNull();
    clock.advance(1);
    expect(await flows(operationWith()).read('code', handle)).toBeNull();
  });

  it('goes on while secrets are exchanged, and ends with the old one', async () => {
    const { flows } = await world();
    const { handle } = await flows(operationWith()).start('code', {}, HOLDER);

    expect(await flows(operationWith(), scopeOf([NEW, OLD])).read('code', handle)).not.toBeNull();
    expect(await flows(operationWith(), scopeOf([NEW])).read('code', handle)).toBeNull();
  });

  it('keeps what was wished when it was started', async () => {
    const { flows } = await world();
    const first = operationWith();
    first.carried = { rememberMe: 'on' };
    first.returnTo = '/inbox';
    await flows(first).start('code', {}, HOLDER);
    const next = nextOf(first);
    next.carried = { rememberMe: 'off', other: 'x' };
    next.returnTo = '/elsewhere';

    await flows(next).read('code');

    expect([next.carried, next.returnTo]).toEqual([{ rememberMe: 'on', other: 'x' }, '/inbox']);
  });

  it('is read as often as one likes, and spent once, which takes its cookie off', async () => {
    const { flows } = await world();
    const first = operationWith();
    await flows(first).start('code', {}, HOLDER);
    const next = nextOf(first);
    const flow = await flows(next).read('code');
    if (flow === null) throw new Error('The flow is gone');

    expect(await flows(next).read('code')).toMatchObject({ id: flow.id });
    const spent = await Promise.allSettled(Array.from({ length: 50 }, () => flows(next).spend(flow)));

    expect(spent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(next.cookies.take()).toEqual([expect.stringMatching(/^__Host-user-flow-otp-code=; Max-Age=0;/)]);
    expect(next.flowSpent).toBe(true);
  });

  it('is as good as before where the transaction that spent it was rolled back', async () => {
    const { flows, layer } = await world();
    const flow = await flows(operationWith()).start('code', {}, HOLDER);
    const failing = layer.forTenant('').transaction(async (tx) => {
      await flows(operationWith()).spend(flow, tx);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    await expect(flows(operationWith()).spend(flow)).resolves.toBeUndefined();
  });
});
