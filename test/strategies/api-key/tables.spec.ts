import { describe, expect, it } from '@jest/globals';
import { ddlFor } from 'nest-auth-plug/adapters/sql';
import { apiKey } from 'nest-auth-plug/strategies/api-key';

const { models } = apiKey({ prefix: 'acme' });

describe('the table of keys', () => {
  it.each(['sqlite', 'postgres', 'mariadb'] as const)(
    'is made for %s, with the indexes that its look-ups need',
    (dialect) => {
      const ddl = ddlFor(dialect, models ?? []);

      expect(ddl).toMatch(/create table if not exists ["`]api_keys["`]/);
      expect(ddl).toMatch(/primary key \(["`]id["`]\)/);
      expect(ddl).toMatch(/\(["`]tenant["`], ["`]subject["`]\)/);
      expect(ddl).toMatch(/\(["`]expires_at["`]\)/);
    },
  );

  it('has no column that could hold a key', () => {
    const columns = Object.keys(models?.[0]?.columns ?? {});

    expect(columns).toEqual([
      'id',
      'tenant',
      'audience',
      'subject',
      'epoch',
      'name',
      'keyHash',
      'scopes',
      'createdAt',
      'lastUsedAt',
      'expiresAt',
    ]);
  });
});
