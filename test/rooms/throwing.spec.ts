import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Row } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { ClientAnswer } from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { countingDataLayer } from './counting-data-layer.js';
import { Faults } from './faults.js';
import { roomsApp, type RoomsApp } from './rooms-app.js';
import { VISITS, type Visit } from './visits.js';

/** Parts that the app brings, and what it means for the answer that one of them throws. */
const PARTS = [
  'beforeActivity',
  'changingUser',
  'signedIn',
  'signedOut',
  'loadUser',
  'forgetBrowser',
  'factor',
  'readCredential',
  'maySignIn',
  'secondFactor',
] as const;
const HASHING = ['hash', 'verify'] as const;
const WATCHING = ['observe', 'sender'] as const;

const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

describe('whatever throws once', () => {
  const faults = new Faults();
  const { adapter, calls } = countingDataLayer(memoryDataLayer());
  const unhandled: unknown[] = [];
  const keep = (reason: unknown) => void unhandled.push(reason);
  let app: RoomsApp;
  let people = 0;

  beforeAll(async () => {
    process.on('unhandledRejection', keep);
    app = await roomsApp({
      faults,
      dataLayer: adapter,
      user: {
        limits: { guessesPerAddress: PLENTY, messagesPerAddress: PLENTY },
        maySignIn: () => {
          faults.at('maySignIn');
          return true;
        },
        secondFactor: () => {
          faults.at('secondFactor');
          return 'optional';
        },
      },
    });
  });
  afterAll(async () => {
    await app.close();
    process.off('unhandledRejection', keep);
  });
  afterEach(() => {
    expect(unhandled).toEqual([]);
    faults.disarm();
    calls.failing = 0;
  });

  const prepare = async (visit: Visit) => {
    const email = `person${(people += 1)}@example.com`;
    const send = await visit.prepare(app, email);
    await app.idle();
    const row = await app.data.findOne(app.users.model, { email });
    const subject = row && app.service.userToSubject(row, 'user');
    const live = async () => {
      const rows = await app.data
        .forTenant('')
        .findMany(signInsModel, { endedAt: null, ...(subject && { subject }) }, { orderBy: 'id', limit: 1000 });
      return new Set(rows.map(({ id }: Row) => id));
    };
    return { email, send, live };
  };

  /** The failed request left nothing, and the same one succeeds. */
  const recovers = async (failed: ClientAnswer, { send }: Awaited<ReturnType<typeof prepare>>) => {
    expect(failed.setCookies).toEqual([]);
    const again = await send();
    expect([again.status, isSuccess(again)]).toEqual([again.status, true]);
  };

  describe.each(VISITS)('in $name', (visit) => {
    it('signs nobody in when it is a part of the app, is answered 503, and is forgotten', async () => {
      for (const part of PARTS) {
        const prepared = await prepare(visit);
        const before = await prepared.live();
        faults.arm(part);
        const answer = await prepared.send();
        if (faults.isArmed) {
          faults.disarm();
          continue;
        }
        expectOutage(part, answer);
        expect([...(await prepared.live())].filter((id) => !before.has(id))).toEqual([]);
        await recovers(answer, prepared);
      }
    });

    it('signs nobody in when it is the hash provider', async () => {
      for (const part of HASHING) {
        const prepared = await prepare(visit);
        const before = await prepared.live();
        faults.arm(part);
        const answer = await prepared.send();
        if (faults.isArmed) {
          faults.disarm();
          continue;
        }
        expect(answer.status).toBe(503);
        expect([...(await prepared.live())].filter((id) => !before.has(id))).toEqual([]);
        await recovers(answer, prepared);
      }
    });

    it('changes nothing when it only watches or sends', async () => {
      for (const part of WATCHING) {
        const { send } = await prepare(visit);
        faults.arm(part);
        const answer = await send();
        await app.idle();
        faults.disarm();
        expect([part, isSuccess(answer)]).toEqual([part, true]);
      }
    });

    it('signs nobody in when it is the data layer, at whichever call', async () => {
      for (let call = 1; ; call++) {
        const prepared = await prepare(visit);
        const before = await prepared.live();
        calls.count = 0;
        calls.failing = call;
        const answer = await prepared.send();
        await app.idle();
        const made = calls.count;
        calls.failing = 0;
        if (made < call) break;
        if (isSuccess(answer)) continue; // it failed after the answer
        expectOutage(call, answer);
        expect([...(await prepared.live())].filter((id) => !before.has(id))).toEqual([]);
        await recovers(answer, prepared);
      }
    });
  });
});

function expectOutage(where: string | number, { status, headers }: ClientAnswer): void {
  expect([where, status]).toEqual([where, 503]);
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
}

function isSuccess({ status }: ClientAnswer): boolean {
  return status === 200 || status === 303;
}
