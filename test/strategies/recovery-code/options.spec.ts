import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, defineResource } from 'nest-auth-plug';
import { ddlFor } from 'nest-auth-plug/adapters/sql';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import { recoveryCode, type RecoveryCodeOptions } from 'nest-auth-plug/strategies/recovery-code';
import { authTestApp, Outbox } from 'nest-auth-plug/testing';
import { resolveRecoveryCodeOptions } from '../../../lib/strategies/recovery-code/recovery-code.options.js';
import { recoveryCodesModel } from '../../../lib/strategies/recovery-code/recovery-code.rows.js';
import { PlainHash } from '../../rooms/plain-hash.js';

interface User {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
}

const sender = new Outbox();
const defaults = { name: 'recovery-code', label: 'Recovery code', count: 10, routes: {} };

describe('the options of recoveryCode', () => {
  it('have these defaults', () => {
    const { hashQueue, ...rest } = resolveRecoveryCodeOptions({});

    expect(rest).toEqual({ ...defaults, notices: undefined });
    expect(hashQueue).toBeInstanceOf(HashQueue);
    expect(resolveRecoveryCodeOptions({ notices: { sender } }).notices).toEqual({ sender, addressField: 'email' });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/recovery-code.md', 'utf8');

    for (const name of ['notices', 'hashQueue']) expect(page).toMatch(`\n| \`${name}\``);
    for (const [name, value] of Object.entries(defaults)) {
      const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
      expect([name, new RegExp(`\\n\\| \`${name}\` +\\| \`([^\`]+)\``).exec(page)?.[1]]).toEqual([name, shown]);
    }
  });

  it.each<RecoveryCodeOptions<User>>([
    { name: 'Recovery' },
    { label: '' },
    { count: 9 },
    { count: 21 },
    { count: 10.5 },
    { count: Number.NaN },
  ])('refuse %j', (options) => {
    expect(() => recoveryCode<User>(options)).toThrow(RangeError);
  });

  it('make a second step and no way in', () => {
    const { phases, waysIn } = recoveryCode<User>();

    expect(phases.map(({ name, methods, actor, guess }) => [name, methods.join(), actor, guess])).toEqual([
      ['generate', 'POST', 'fresh-user', undefined],
      ['status', 'GET', 'user', undefined],
      ['sign-in', 'POST', 'pending', 'secret'],
      ['verify', 'POST', 'user', 'secret'],
    ]);
    expect(waysIn).toBeUndefined();
  });

  it('are told at boot where they cannot work', async () => {
    const notices = { sender, addressField: 'phone' } as const;
    const strategies = [
      password<User>({ identityField: 'email', hashProvider: new PlainHash() }),
      recoveryCode<User>({ notices }),
    ];
    const resources = [defineResource<User>({ subjectName: 'user', table: 'users', strategies })];

    const refusal: unknown = await authTestApp({ resources }).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(ConfigurationInvalid);
    expect(refusal).toMatchObject({
      problems: [
        {
          where: 'resources.user.strategies.recovery-code.notices.addressField',
          wrong: '"phone" is no public field of the user',
          cure: 'write one of "email"',
        },
      ],
    });
  });
});

describe('the table of recovery codes', () => {
  it.each(['sqlite', 'postgres', 'mariadb'] as const)('is made for %s, with the index that it needs', (dialect) => {
    const ddl = ddlFor(dialect, [recoveryCodesModel]);

    expect(ddl).toMatch(/create table if not exists ["`]recovery_codes["`]/);
    expect(ddl).toMatch(/\(["`]tenant["`], ["`]subject["`]\)/);
  });

  it('has no column that could hold a code', () => {
    const columns = ['id', 'tenant', 'audience', 'subject', 'codeHash', 'salt', 'createdAt'];

    expect(Object.keys(recoveryCodesModel.columns)).toEqual(columns);
  });
});
