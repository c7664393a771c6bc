import { describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Column, Model } from '../../lib/resources/index.js';
import { places, type Server } from './tables-before.js';

const text: Column = { type: 'text' };
const uuid: Column = { type: 'text', format: 'uuid' };
const numbered: Column = { type: 'text', generated: true };
const integer: Column = { type: 'integer' };
const bigint: Column = { type: 'bigint' };
const boolean: Column = { type: 'boolean' };
const time: Column = { type: 'time' };

/** By the type of the column: as what it can be declared where rows are looked for by it, and as what it cannot. */
type Cases = readonly [type: string, fits: readonly Column[], fitsNot: readonly Column[]][];

const KEYS: Readonly<Record<Server, Cases>> = {
  libsql: [
    ['text', [text, uuid], [integer, bigint, boolean]],
    ['varchar(40)', [text, uuid], [integer]],
    ['integer', [integer, bigint, numbered, boolean, time], [text, uuid]],
    ['uuid', [text, uuid], []],
    ['', [text, integer, bigint], []],
    ['boolean', [boolean], []],
    ['real', [integer], [text, bigint]],
  ],
  postgres: [
    ['text', [text, uuid], [integer, bigint, boolean, time]],
    ['varchar(40)', [text, uuid], [integer]],
    ['char(36)', [text, uuid], [bigint]],
    ['uuid', [uuid], [text, integer, bigint]],
    ['integer', [integer, bigint], [text, uuid, numbered, boolean, time]],
    ['bigint', [integer, bigint, time], [text]],
    ['address', [text, uuid], [integer]],
  ],
  mariadb: [
    ['varchar(40)', [text, uuid], [integer, bigint, boolean, time]],
    ['varbinary(40)', [text, uuid], [integer]],
    ['uuid', [text, uuid], [integer]],
    ['int', [integer, bigint, boolean, numbered], [text, uuid, time]],
    ['bigint unsigned', [integer, bigint], [text]],
    ['datetime', [time], [text, integer, boolean]],
  ],
};
const OTHERS: Readonly<Record<Server, Cases>> = {
  libsql: [['datetime', [time, text], []]],
  postgres: [
    ['boolean', [boolean, text], [integer]],
    ['smallint', [integer, bigint, text], [boolean, time]],
    ['numeric(20,0)', [integer, bigint, text], [boolean]],
    ['mood', [text], []],
    ['jsonb', [], [text, integer]],
    ['text[]', [], [text]],
    ['date', [], [time, text]],
    ['timestamptz', [time], [text, integer, boolean]],
  ],
  mariadb: [
    ['tinyint(1)', [boolean, integer], []],
    ['bit(1)', [boolean], [text, integer]],
    [`enum('sad', 'ok')`, [text], [integer]],
    ['date', [], [time, text]],
    ['timestamp null', [time], [text]],
  ],
};

describe.each(places)('what a column is declared to hold, on $name', ({ name, make }) => {
  const problems = async (type: string, column: Column, isKey: boolean) => {
    const { url, query } = await make();
    const types = `create domain address as varchar(254); create type mood as enum ('sad', 'ok');`;
    const key = isKey ? 'primary key' : ', id integer primary key';
    await query(
      `${name === 'postgres' ? types : ''} create table people (col ${type} ${isKey ? 'not null' : ''} ${key})`,
    );
    const columns = isKey ? { col: column } : { id: integer, col: column };
    const model: Model = { table: 'people', tenantField: null, columns, primaryKey: [isKey ? 'col' : 'id'] };
    const layer = await sqlDataLayer({ url }).open([model]);
    const found = await layer.check();
    await layer.close();
    return found;
  };
  const all = [
    ...KEYS[name].map((row) => [...row, true] as const),
    ...OTHERS[name].map((row) => [...row, false] as const),
  ];

  it.each(all)('is held, or refused at boot: %s', async (type, fits, fitsNot, isKey) => {
    for (const column of fits) expect([column, await problems(type, column, isKey)]).toEqual([column, []]);
    for (const column of fitsNot) {
      const [{ where, wrong, cure } = {}, ...more] = await problems(type, column, isKey);
      expect(more).toEqual([]);
      expect(where).toBe(`dataLayer.${name}.people.col`);
      expect(wrong).toContain(`it is declared as ${column.format ?? column.type}, and is of the type `);
      const others = fits.filter((other) => !other.generated).map((other) => other.format ?? other.type);
      for (const other of column.type === 'time' ? [] : others) expect(cure).toContain(other);
      expect(cure).toContain('change the type of the column');
    }
  });
});

const ids: Model = { table: 'people', tenantField: null, columns: { id: integer }, primaryKey: ['id'] };

describe.each(places)('a number that no column of that type can have, on $name', ({ make }) => {
  it('is nobody', async () => {
    const { url, query } = await make();
    await query('create table people (id int not null primary key); insert into people values (1)');
    const layer = await sqlDataLayer({ url }).open([ids]);

    expect(await layer.findOne(ids, { id: 2 ** 40 })).toBeNull();
    expect(await layer.findOne(ids, { id: { in: [2 ** 40, 1] } })).toEqual({ id: 1 });
    await layer.close();
  });
});
