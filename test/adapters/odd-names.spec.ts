import { describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model } from '../../lib/resources/index.js';
import { places } from './tables-before.js';

const people: Model = {
  table: 'people',
  tenantField: null,
  columns: {
    id: { type: 'text', column: 'the.key as it is' },
    email: { type: 'text', column: 'E. Mail' },
    likes: { type: 'integer', nullable: true, column: 'sum as "likes" desc' },
  },
  primaryKey: ['id'],
  unique: [['email']],
  indexes: [['likes', 'email']],
};
const visits: Model = {
  table: 'visits',
  tenantField: null,
  columns: {
    id: { type: 'text', column: 'i.d' },
    handleHash: { type: 'text', column: 'handle as hash' },
    userKey: { type: 'text', column: 'user.key' },
  },
  primaryKey: ['id'],
};

describe.each(places)('columns with a dot, a quote or ` as ` in their names, on $name', ({ make }) => {
  it('are made, found, written and told of', async () => {
    const { url } = await make();
    const layer = await sqlDataLayer({ url, migrate: true }).open([people, visits]);
    const ada = { id: 'a', email: 'ada@example.com', likes: 1 };

    expect(await layer.check()).toEqual([]);
    expect(await layer.insert(people, ada)).toEqual(ada);
    expect(await layer.insertIfAbsent(people, ada)).toBe(false);
    const again = layer.insert(people, { ...ada, id: 'b' });
    await expect(again).rejects.toMatchObject({ name: 'UniqueViolation', fields: ['email'] });
    expect(await layer.increment(people, { id: 'a' }, 'likes', 2, { email: 'x' })).toBe(3);
    expect(await layer.update(people, { id: 'a' }, {})).toBe(1);
    expect(await layer.update(people, { email: ada.email }, { likes: 7 })).toBe(1);
    const page = { orderBy: 'likes', limit: 9, after: 6 };
    expect(await layer.findMany(people, { id: { in: ['a'] } }, page)).toEqual([{ ...ada, likes: 7 }]);
    await layer.insert(visits, { id: 'v', handleHash: 'h', userKey: 'a' });
    const join = { signIns: visits, user: people, userKey: 'id', userFields: ['likes', 'email'] };
    expect(await layer.findSignIn?.({ ...join, by: { handleHash: 'h' } })).toEqual({
      signIn: { id: 'v', handleHash: 'h', userKey: 'a' },
      user: { likes: 7, email: ada.email },
    });
    expect(await layer.delete(people, { likes: 7 }, { limit: 1 })).toBe(1);
    await layer.close();
  });

  it('do not help a table with such a name, which is refused at boot', async () => {
    const { url } = await make();
    const layer = await sqlDataLayer({ url }).open([{ ...people, table: 'people as users' }]);

    expect(await layer.check()).toMatchObject([{ wrong: 'its name cannot be written in a query' }]);
    await layer.close();
  });
});
