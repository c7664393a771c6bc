import { existsSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { Client } from 'nest-auth-plug/testing';
import type { SampleRoom } from '../../sample-app/src/rooms/room.js';
import { roomsOn } from '../architecture/imports.js';
import { isInSample, listWithout, readRooms } from '../architecture/rooms.js';

const rooms = readRooms().filter(isInSample);
const ways = rooms.filter(({ path }) => path.startsWith('strategies/'));
const madeOfAnother = new Set(rooms.flatMap(({ path }) => roomsOn(path)));

/** OpenID Connect and the presets, a file each, are not there at a start without variables: without one it is the same start. */
function isNoticed({ path }: { readonly path: string }): boolean {
  return !madeOfAnother.has(path) || !existsSync(`sample-app/src/rooms/${path.replace('strategies/', '')}.ts`);
}

describe.each(rooms.filter(isNoticed))('the sample app without $path', (room) => {
  // An app that nobody can sign in to does not start.
  const itStarts = ways.some((way) => way.path !== room.path) ? it : it.skip;

  itStarts('starts with the rooms that are left, and shows its pages', async () => {
    jest.resetModules();
    const left = await exportsOf(listWithout(room));
    jest.unstable_mockModule('../../sample-app/src/rooms/index.js', () => left);
    const { startSample } = await import('./start-sample.js');
    const sample = await startSample('express');
    const client = new Client(sample.url);
    const answers = [await client.get('/sign-in'), await client.get('/'), await client.get('/dev/outbox')];
    await sample.close();

    const { ROOMS } = await import('../../sample-app/src/auth/rooms.js');
    const stillThere = Object.values(left).filter((one) => ROOMS.includes(one as SampleRoom)); // a room of the list
    expect(stillThere).toHaveLength(ROOMS.length);
    expect(ROOMS.length).toBeLessThan(rooms.length);
    expect(answers.map(({ status }) => status)).toEqual([200, 303, 200]);
  });
});

it('has a room in the sample app for each that the library has', () => {
  expect(readRooms().filter((room) => !isInSample(room))).toEqual([]);
});

/** What a list of rooms exports. */
async function exportsOf(list: string): Promise<object> {
  const files = [...list.matchAll(/ from '\.\/([\w./-]+)';/g)].map(([, file = '']) => file);
  let exported: object = {};
  for (const file of files) {
    const module = (await import(`../../sample-app/src/rooms/${file}`)) as object; // a module of the list
    exported = { ...exported, ...module };
  }
  return exported;
}
