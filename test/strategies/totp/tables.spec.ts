import { describe, expect, it } from '@jest/globals';
import { ddlFor } from 'nest-auth-plug/adapters/sql';
import { Expunger } from '../../../lib/tokens/index.js';
import { totpSeedsModel } from '../../../lib/strategies/totp/totp.rows.js';
import { setUp, STEP, totpApps } from './totp-app.js';

describe('the table of seeds', () => {
  const { enrolled } = totpApps();

  it.each(['sqlite', 'postgres', 'mariadb'] as const)('is made for %s, with the indexes that it needs', (dialect) => {
    const ddl = ddlFor(dialect, [totpSeedsModel]);

    expect(ddl).toMatch(/create table if not exists ["`]totp_seeds["`]/);
    expect(ddl).toMatch(/primary key \(["`]tenant["`], ["`]audience["`], ["`]subject["`], ["`]state["`]\)/);
    expect(ddl).toMatch(/\(["`]tenant["`], ["`]subject["`]\)/);
    expect(ddl).toMatch(/\(["`]expires_at["`]\)/);
  });

  it('[ASVS 14.2.7] is swept of enrolments that nobody finished, and of no seed that is in use', async () => {
    const { app, ada } = await enrolled();
    await setUp(app, ada);
    app.clock.advance(600 + STEP);
    const report = (error: unknown) => {
      throw error;
    };

    await new Expunger({ data: app.data, models: [totpSeedsModel], clock: app.clock, report }).expungeNow();

    expect(await app.rows()).toMatchObject([{ state: 'active' }]);
  });
});
