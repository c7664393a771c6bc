import { afterAll, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model } from '../../lib/resources/index.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';

const people: Model = {
  table: 'people',
  tenantField: null,
  columns: { id: { type: 'text', generated: true }, name: { type: 'text', nullable: true } },
  primaryKey: ['id'],
};

((await mariadbAnswers()) ? describe : describe.skip)('a table that was there first, on MariaDB', () => {
  const drops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const drop of drops) await drop();
  });

  const problems = async (key: string, options: string): Promise<readonly string[]> => {
    const database = await temporaryMariadb();
    drops.push(database.drop);
    await database.query(`create table people (id ${key} primary key, name varchar(40)) ${options}`);
    const layer = await sqlDataLayer({ url: database.url }).open([people]);
    try {
      return (await layer.check()).map(({ where, wrong, cure }) => `${where}: ${wrong}; ${cure}`);
    } finally {
      await layer.close();
    }
  };

  it('works on InnoDB', async () => {
    expect(await problems('int auto_increment', 'engine=InnoDB')).toEqual([]);
  });

  it.each(['MyISAM', 'Aria', 'MEMORY'])(
    'is refused at boot with the engine %s, which has no transactions',
    async (engine) => {
      expect(await problems('int auto_increment', `engine=${engine}`)).toEqual([
        `dataLayer.mariadb.people: its engine, ${engine}, has no transactions: what fails half way would stay half done; alter table people engine=InnoDB`,
      ]);
    },
  );

  it('is refused at boot with a key of a default, which nobody would be told', async () => {
    expect(await problems('varchar(40) default (uuid())', 'engine=InnoDB')).toEqual([
      expect.stringContaining('dataLayer.mariadb.people.id: the database makes this key of a default'),
    ]);
  });
});
