import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthEvent } from 'nest-auth-plug';
import { defineResource } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { blocksOf } from '../docs/markdown.js';
import { marty } from './marty.strategy.js';
import type { User } from './users.js';

const PAGE = 'docs/custom-strategy.md';

describe('the page about strategies of one’s own', () => {
  const blocks = blocksOf(PAGE, readFileSync(PAGE, 'utf8'));

  it.each(['marty.strategy.ts', 'users.ts', 'marty.spec.ts'])('shows %s as it is run here', (name) => {
    const shown = blocks.find(({ code }) => code.startsWith(`// ${name}\n`));

    expect(`${shown?.code}\n`).toBe(readFileSync(`test/custom-strategy/${name}`, 'utf8'));
  });
});

describe('the reason why marty refuses', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it.each(['biff', 'griff', 'martyn'])('is no_user for %s, and stays in the log', async (username) => {
    const events: AuthEvent[] = [];
    const watching = { name: 'watching', phases: [], observe: (event: AuthEvent) => void events.push(event) };
    const users = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      strategies: [marty()],
      addOns: [watching],
    });
    app = await authTestApp({ resources: [users] });
    await app.data.insert(users.model, { id: '2', username: 'biff' });

    const answer = await app.client().post('/auth/user/marty', { json: { username } });

    expect(events).toMatchObject([{ name: 'marty.sign-in', outcome: 'refused', facts: { reason: 'no_user' } }]);
    expect(answer.text).not.toContain('no_user');
  });
});
