import { expect, it } from '@jest/globals';
import type { Strategy } from 'nest-auth-plug';
import { Client } from 'nest-auth-plug/testing';
import { register, roomsApp } from '../rooms/rooms-app.js';
import type { User } from '../users.js';
import { describeEachStore } from './each-store.js';

/** Signs in by the same address as `password` does. */
const another: Strategy<User> = {
  name: 'another',
  phases: [],
  columns: { email: { type: 'text', private: false, unique: true, kind: 'email' } },
};

describeEachStore('two strategies by one identity', (store) => {
  it('share its column and its one index, which the store makes for them', async () => {
    const app = await roomsApp({ dataLayer: await store.empty(), user: { strategies: [another] } });
    try {
      const answers = [await register(new Client(app.url)), await register(new Client(app.url))];

      expect(answers.map(({ status }) => status)).toEqual([200, 422]);
      expect(app.users.model.unique).toEqual([['email']]);
    } finally {
      await app.close();
    }
  });
});
