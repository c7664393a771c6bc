import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { beforeEachCall } from '../../../lib/testing/contracts/recorded-work.js';
import { ADA, addresses } from '../../rooms/mailed-app.js';
import { codeApp, comeBack, identityRows, leave, REFUSED, type CodeApp } from './setup.js';

describe('a first sign-in that is overtaken', () => {
  let app: CodeApp;
  let meanwhile: (() => Promise<unknown>) | null = null;
  afterEach(() => app.close());

  /** Somebody has looked and found nobody; before they register, or look for the address, somebody else registers. */
  const open = async (at = 'transaction') => {
    const dataLayer = beforeEachCall(memoryDataLayer(), (call) => {
      const work = call.startsWith(at) ? meanwhile : null;
      if (work === null) return undefined;
      meanwhile = null;
      return work().then(() => undefined);
    });
    app = await codeApp({ dataLayer });
    return [app.client(), app.client()] as const;
  };

  it.each([
    ['before it registers', 'transaction'],
    ['before it looks for the address', 'findOne users'],
  ])('[ASVS 2.3.3] [ASVS 15.4.2] by the same person, %s, is of the account that is there by then', async (_, at) => {
    const [first, second] = await open(at);
    const [ofFirst, ofSecond] = [await leave(app, first), await leave(app, second)];
    meanwhile = () => comeBack(second, ofSecond);

    expect(await comeBack(first, ofFirst)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

    expect(meanwhile).toBeNull();
    expect([await identityRows(app), await addresses(app)]).toMatchObject([[{ uid: 'ada-1815' }], [ADA]]);
  });

  it('[ASVS 6.8.1] [ASVS 15.4.2] by another with its address is refused, and leaves nothing', async () => {
    const [first, second] = await open();
    const ofFirst = await leave(app, first);
    app.provider.account = { sub: 'mallory', email: ADA };
    const ofSecond = await leave(app, second);
    meanwhile = () => comeBack(second, ofSecond);

    expect(await comeBack(first, ofFirst)).toMatchObject(REFUSED);

    expect([await identityRows(app), await addresses(app)]).toMatchObject([[{ uid: 'mallory' }], [ADA]]);
  });
});
