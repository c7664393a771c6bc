import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataLayer, DataLayerAdapter, Row } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { ADA, holderOf, isIn, register, signIn, visit } from '../security/visit.js';

/** A store whose equality is not ours, as some collations are: where it knows no row, it answers with one it has found before. */
function confused(inner: DataLayerAdapter): { readonly adapter: DataLayerAdapter; readonly state: { on: boolean } } {
  const state = { on: false };
  const rows = new Map<string, Row>();
  const joins = new Map<string, { signIn: Row; user: Row }>();
  const wrap = (layer: DataLayer): DataLayer => ({
    insert: layer.insert.bind(layer),
    insertIfAbsent: layer.insertIfAbsent.bind(layer),
    findMany: layer.findMany.bind(layer),
    update: layer.update.bind(layer),
    increment: layer.increment.bind(layer),
    delete: layer.delete.bind(layer),
    async findOne(model, where, fields) {
      const key = [model.table, ...(fields ?? [])].join();
      const found = await layer.findOne(model, where, fields);
      if (found !== null) rows.set(key, found);
      return found ?? (state.on && model.table === 'users' ? (rows.get(key) ?? null) : null);
    },
    async findSignIn(join) {
      const found = (await layer.findSignIn?.(join)) ?? null;
      if (found !== null) joins.set('last', found);
      return found ?? (state.on ? (joins.get('last') ?? null) : null);
    },
    transaction: (work) => layer.transaction((tx) => work(wrap(tx))),
    forTenant: (tenant) => wrap(layer.forTenant(tenant)),
  });
  const adapter: DataLayerAdapter = {
    ...inner,
    async open(models) {
      const layer = await inner.open(models);
      return { ...wrap(layer), check: () => layer.check(), close: () => layer.close() };
    },
  };
  return { adapter, state };
}

describe('a row that is not the one that was asked for', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('is nobody’s: not by an address like another one, not by a cookie, not by a key', async () => {
    const { adapter, state } = confused(memoryDataLayer());
    ({ app } = await visit('express', { app: { dataLayer: adapter } }));
    const browser = app.client();
    const { user } = (await register(browser)).body as { user: { id: string } };
    expect(await app.service.subjectToUser(`user?id=${user.id}`)).toMatchObject({ email: ADA });
    expect(await signIn(app.client())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await isIn(browser)).toBe(true);

    state.on = true;

    expect(await signIn(app.client(), undefined, 'àda@example.com')).toMatchObject({ status: 401, setCookies: [] });
    expect(await isIn(holderOf(app, 'x'.repeat(43)))).toBe(false);
    expect(await app.service.subjectToUser('user?id=like-it')).toBeNull();
    expect(await isIn(browser)).toBe(true);
  });
});
