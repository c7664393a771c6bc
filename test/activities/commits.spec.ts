import { describe, expect, it } from '@jest/globals';
import type { DataLayer } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { Commits } from '../../lib/activities/commits.js';
import { spentFlowsModel } from '../../lib/sessions/index.js';

async function watched() {
  const commits = new Commits();
  const layer = await memoryDataLayer().open([spentFlowsModel]);
  return { commits, layer, data: commits.watch(layer).forTenant('') };
}

const row = (id: string) => ({ id, expiresAt: new Date(0) });

describe('what waits for a commit', () => {
  it('runs after it, when everybody can see the change', async () => {
    const { commits, data } = await watched();
    const order: string[] = [];
    await data.transaction(async (tx) => {
      await tx.insert(spentFlowsModel, row('a'));
      commits.after(tx, () => void order.push('after'));
      order.push('in it');
    });

    expect(order).toEqual(['in it', 'after']);
    expect(await data.findOne(spentFlowsModel, { id: 'a' })).not.toBeNull();
  });

  it('does not run when the transaction is rolled back', async () => {
    const { commits, data } = await watched();
    let ran = false;
    const work = data.transaction(async (tx) => {
      commits.after(tx, () => void (ran = true));
      await tx.insert(spentFlowsModel, row('a'));
      throw new Error('no');
    });

    await expect(work).rejects.toThrow('no');
    expect([ran, await data.findOne(spentFlowsModel, { id: 'a' })]).toEqual([false, null]);
  });

  it('runs once though the data layer ran the work again', async () => {
    const { commits, layer } = await watched();
    const twice: DataLayer = {
      ...commits.watch(layer),
      transaction: async (work) => {
        await layer.transaction(work);
        return layer.transaction(work);
      },
    };
    let count = 0;
    await commits.watch(twice).transaction(async (tx) => commits.after(tx, () => void (count += 1)));

    expect(count).toBe(1);
  });

  it('runs after the commit of the whole where a transaction joined it, or is of a tenant', async () => {
    const { commits, layer } = await watched();
    const order: string[] = [];
    await commits.watch(layer).transaction(async (tx) => {
      await tx.transaction(async (joined) => commits.after(joined, () => void order.push('joined')));
      commits.after(tx.forTenant('own'), () => void order.push('tenant'));
      order.push('in it');
    });

    expect(order).toEqual(['in it', 'joined', 'tenant']);
  });

  it('is refused for a transaction of elsewhere, and outside of one', async () => {
    const { commits, data, layer } = await watched();

    expect(() => commits.after(data, () => undefined)).toThrow('not the transaction');
    await layer.transaction(async (tx) => {
      expect(() => commits.after(tx, () => undefined)).toThrow('not the transaction');
    });
  });
});
