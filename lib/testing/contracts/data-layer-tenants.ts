import assert from 'node:assert/strict';
import type { DataLayer, Model, Row, Scalar } from '../../resources/data-layer.js';
import {
  addThing,
  freshId,
  notes,
  peopleByBigint,
  peopleByInteger,
  peopleByText,
  things,
  visits,
} from './data-layer-models.js';
import { check, rejectsWith } from './data-layer-check.js';
import type { DataLayerCheck } from './data-layer-check.js';

const page = { orderBy: 'id', limit: 9 };

/** Two tenants with a note of the same id each. */
async function twoTenants(layer: DataLayer) {
  const [id, first, second] = [freshId(), freshId(), ''];
  const [one, none] = [layer.forTenant(first), layer.forTenant(second)];
  await one.insert(notes, { id, text: 'one', count: 1 });
  await none.insert(notes, { id, text: 'none', count: 1 });
  return { id, one, none, first };
}

export const tenantChecks: readonly DataLayerCheck[] = [
  check('[T] wants a tenant for a model that has one', async (layer) => {
    const id = freshId();
    for (const handle of [layer]) {
      await rejectsWith('TenantRequired', handle.insert(notes, { id, tenant: '', text: '', count: 1 }));
      await rejectsWith('TenantRequired', handle.insertIfAbsent(notes, { id, tenant: '', text: '', count: 1 }));
      await rejectsWith('TenantRequired', handle.findOne(notes, { id, tenant: '' }));
      await rejectsWith('TenantRequired', handle.findMany(notes, { tenant: '' }, page));
      await rejectsWith('TenantRequired', handle.update(notes, { tenant: '' }, { text: '' }));
      await rejectsWith('TenantRequired', handle.increment(notes, { id, tenant: '' }, 'count', 1, { text: '' }));
      await rejectsWith('TenantRequired', handle.delete(notes, { tenant: '' }));
    }
    await rejectsWith(
      'TenantRequired',
      layer.transaction((tx) => tx.findOne(notes, { id })),
    );
  }),

  check('[T] shows, changes and counts the rows of one tenant', async (layer) => {
    const { id, one, none, first } = await twoTenants(layer);

    assert.deepEqual(await one.findMany(notes, { id }, page), [{ tenant: first, id, text: 'one', count: 1 }]);
    assert.equal(await one.update(notes, { id }, { text: 'changed' }), 1);
    assert.equal(await one.increment(notes, { id }, 'count', 1, { text: '' }), 2);
    assert.equal(await one.insertIfAbsent(notes, { id, text: '', count: 1 }), false);
    assert.equal(await one.delete(notes, { id }), 1);
    assert.deepEqual(await none.findOne(notes, { id }), { tenant: '', id, text: 'none', count: 1 });
  }),

  check('[T] finds nothing for a condition on another tenant, and writes nothing there', async (layer) => {
    const { id, one, none, first } = await twoTenants(layer);

    assert.equal(await one.findOne(notes, { id, tenant: '' }), null);
    assert.equal(await one.update(notes, { id, tenant: { in: ['', 'x'] } }, { text: 'theft' }), 0);
    assert.equal(await one.delete(notes, { tenant: { lt: '\u0001' } }), 0);
    assert.notEqual(await one.findOne(notes, { id, tenant: { in: ['', first] } }), null);
    await rejectsWith('TypeError', one.insert(notes, { id: freshId(), tenant: '', text: '', count: 1 }));
    await rejectsWith('TypeError', one.update(notes, { id }, { tenant: '' }));
    await rejectsWith('TypeError', one.increment(notes, { id, tenant: '' }, 'count', 1, { text: '' }));
    assert.deepEqual(await none.findOne(notes, { id }, ['text', 'count']), { text: 'none', count: 1 });
  }),

  check('[T] keeps the tenant within a transaction, and changes it on request', async (layer) => {
    const { id, one, none, first } = await twoTenants(layer);
    await one.transaction(async (tx) => {
      assert.equal(await tx.update(notes, { id }, { text: 'changed' }), 1);
    });
    await layer.transaction(async (tx) => {
      assert.equal(await tx.forTenant(first).update(notes, { id }, { count: 5 }), 1);
    });
    assert.deepEqual(await one.findOne(notes, { id }, ['text', 'count']), { text: 'changed', count: 5 });
    assert.deepEqual(await none.findOne(notes, { id }, ['text', 'count']), { text: 'none', count: 1 });
  }),

  check('[T] leads from one tenant to no other, within a transaction neither', async (layer) => {
    const { one, none } = await twoTenants(layer);
    await rejectsWith(
      'TypeError',
      Promise.resolve().then(() => one.forTenant('')),
    );
    await rejectsWith(
      'TypeError',
      none.transaction(async (tx) => tx.forTenant('x').findMany(notes, {}, page)),
    );
  }),

  check('[T] leaves models without tenants to everybody', async (layer) => {
    const id = await addThing(layer.forTenant('x'), { count: 1 });
    assert.deepEqual(await layer.forTenant('y').findOne(things, { id }, ['count']), { count: 1 });
  }),

  ...joins(),
];

interface JoinCase {
  readonly name: string;
  readonly user: Model;
  /** Of a user that is there. */
  readonly key: () => Row;
  /** Texts that are the key of nobody, whatever a cast makes of them. */
  readonly strangers: readonly string[];
  /** Users that a careless cast of those would find. */
  readonly lures: readonly Scalar[];
}

const number = (): number => Math.floor(Math.random() * 2 ** 52) + 1;

function joins(): readonly DataLayerCheck[] {
  const texts = [
    '12 monkeys',
    'monkeys',
    '',
    ' 1',
    '1.0',
    '01',
    '+1',
    '1e3',
    '99999999999999999999',
    '9223372036854775808',
  ];
  const cases: readonly JoinCase[] = [
    { name: 'text', user: peopleByText, key: () => ({ id: freshId() }), strangers: ['', 'A', "'"], lures: [] },
    { name: 'integer', user: peopleByInteger, key: () => ({ id: number() }), strangers: texts, lures: [0, 1, 12] },
    {
      name: 'bigint',
      user: peopleByBigint,
      key: () => ({ id: 2n ** 62n + BigInt(number()) }),
      strangers: texts,
      lures: [0n, 1n, 12n, 2n ** 63n - 1n],
    },
  ];
  return cases.map((join) =>
    check(`[0] joins a sign-in with a user of ${join.name} key`, (layer) => joined(layer, join)),
  );
}

async function joined(layer: DataLayer, { user, key, strangers, lures }: JoinCase): Promise<void> {
  const tenant = layer.forTenant('');
  if (!tenant.findSignIn) return; // optional: the core reads twice where it is missing
  const [id, found] = [freshId(), key()];
  const times = { visit: new Date(1), user: new Date(2) };
  const visit = { id, handleHash: `hash of ${id}`, userKey: String(found['id']), expiresAt: times.visit };
  await tenant.insert(visits, visit);
  await layer.insert(user, { ...found, emailAddress: 'ada@example.com', expiresAt: times.user });

  const join = { signIns: visits, user, userKey: 'id', userFields: ['id', 'expiresAt'] };
  const expected = { signIn: { tenant: '', ...visit }, user: { ...found, expiresAt: times.user } };
  assert.deepEqual(await tenant.findSignIn({ ...join, by: { id } }), expected);
  assert.deepEqual(await tenant.findSignIn({ ...join, by: { handleHash: `hash of ${id}` } }), expected);
  assert.equal(await tenant.findSignIn({ ...join, by: { id: freshId() } }), null);
  assert.equal((await layer.forTenant('x').findSignIn?.({ ...join, by: { id } })) ?? null, null);
  await rejectsWith('TenantRequired', layer.findSignIn?.({ ...join, by: { id } }) ?? Promise.resolve());

  for (const lure of lures) await layer.insertIfAbsent(user, { id: lure, expiresAt: times.user });
  for (const userKey of strangers) {
    await tenant.update(visits, { id }, { userKey });
    assert.equal(await tenant.findSignIn({ ...join, by: { id } }), null, userKey);
  }
  await tenant.update(visits, { id }, { userKey: String(found['id']) });
  await layer.delete(user, found);
  assert.equal(await tenant.findSignIn({ ...join, by: { id } }), null);
}
