import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { unboundedHolders } from './architecture/held.js';
import { circles, forbiddenImports } from './architecture/imports.js';
import { brokenRules, namelessFolders } from './architecture/rules.js';
import { readSources, type Sources } from './architecture/sources.js';

const lib = readSources('lib');
const NONE: readonly string[] = [];

describe('lib/', () => {
  it('imports only what the table of layers allows', () => {
    expect(forbiddenImports(lib)).toEqual(NONE);
  });

  it('has no circles between files', () => {
    expect(circles(lib)).toEqual(NONE);
  });

  it('keeps the rules of the house', () => {
    expect(brokenRules(lib)).toEqual(NONE);
  });

  it('[PRJ 15] [ASVS 15.2.2] holds nothing from one request to the next that has no bound', () => {
    expect(unboundedHolders(lib)).toEqual(NONE);
  });

  it('has no folder for things without a place', () => {
    expect(namelessFolders(Object.keys(lib))).toEqual(NONE);
  });

  it.each(['strategies', 'add-ons', 'adapters', 'hash-providers'])('gives each room of %s a door', (folder) => {
    const rooms = existsSync(`lib/${folder}`) ? readdirSync(`lib/${folder}`, { withFileTypes: true }) : [];
    const doorless = rooms.filter((room) => room.isDirectory() && !existsSync(`lib/${folder}/${room.name}/index.ts`));

    expect(doorless.map((room) => room.name)).toEqual(NONE);
  });
});

describe('the check of imports', () => {
  it.each([
    ['lib/tokens/a.ts', `import { x } from '../sessions/b.js'`],
    ['lib/tokens/a.ts', `import type { X } from '../sessions/b.js'`],
    ['lib/tokens/a.ts', `import { x } from '../limits/b.js'`],
    ['lib/tokens/a.ts', `export * from '../sessions/b.js'`],
    ['lib/tokens/a.ts', `export const load = () => import('../sessions/b.js')`],
    ['lib/tokens/a.ts', `export type X = import('../sessions/b.js').X`],
    ['lib/errors/a.ts', `import { x } from '../time/index.js'`],
    ['lib/resources/a.ts', `import { x } from '../strategy/index.js'`],
    ['lib/strategies/password/a.ts', `import { x } from '../../sessions/b.js'`],
    ['lib/strategies/password/a.ts', `import { x } from '../totp/index.js'`],
    ['lib/strategies/oauth2/a.ts', `import { x } from '../oidc/index.js'`],
    ['lib/adapters/sql/a.ts', `import { x } from '../../resources/index.js'`],
    ['lib/adapters/sql/a.ts', `import type { X } from '../memory/index.js'`],
    ['lib/module/a.ts', `import { x } from '../strategies/password/index.js'`],
    ['lib/index.ts', `export { x } from './strategies/password/index.js'`],
    ['lib/index.ts', `export { x } from './testing/index.js'`],
    ['lib/plug/a.ts', `import { x } from '../testing/index.js'`],
    ['lib/plug/a.ts', `import { x } from '../index.js'`],
    ['lib/unknown/a.ts', `import { x } from '../errors/index.js'`],
    ['lib/sessions/a.ts', `import { Injectable } from '@nestjs/common'`],
    ['lib/adapters/memory/a.ts', `import { Kysely } from 'kysely'`],
    ['lib/hash-providers/scrypt/a.ts', `import { hash } from '@node-rs/argon2'`],
    ['lib/strategies/password/a.ts', `import { hash } from '@node-rs/argon2'`],
    ['lib/tokens/a.ts', `import lodash from 'lodash'`],
    ['lib/tokens/a.ts', `import { x } from 'fs'`],
  ])('finds in %s: %s', (path, text) => {
    expect(forbiddenImports({ [path]: text })).toHaveLength(1);
  });

  it.each([
    ['lib/tokens/a.ts', `import { x } from '../strategy/index.js'; import { y } from 'node:crypto'`],
    ['lib/resources/a.ts', `import type { X } from '../strategy/index.js'`],
    ['lib/resources/a.ts', `import { type X, type Y } from '../strategy/index.js'`],
    ['lib/adapters/sql/a.ts', `import type { X } from '../../resources/index.js'; import { K } from 'kysely'`],
    ['lib/strategies/password/a.ts', `import { x } from '../../pages/index.js'; import { y } from './b.js'`],
    ['lib/strategies/oidc/a.ts', `import { x } from '../oauth2/index.js'`],
    ['lib/plug/a.ts', `import { Controller } from '@nestjs/common'; import { x } from '../contexts/b.js'`],
    ['lib/testing/a.ts', `import { x } from '../strategies/password/index.js'; import { y } from '../module/b.js'`],
    ['lib/index.ts', `export { x } from './module/auth.module.js'`],
  ])('allows in %s: %s', (path, text) => {
    expect(forbiddenImports({ [path]: text })).toEqual(NONE);
  });

  it('finds a circle and names it once', () => {
    const sources: Sources = {
      'lib/time/a.ts': `import { b } from './b.js'`,
      'lib/time/b.ts': `export { c } from './c.js'`,
      'lib/time/c.ts': `import { a } from './a.js'`,
    };

    expect(circles(sources)).toEqual(['lib/time/a.ts → lib/time/b.ts → lib/time/c.ts → lib/time/a.ts']);
  });

  it('counts types between folders, but lets a part name the type of its whole', () => {
    const between: Sources = {
      'lib/resources/a.ts': `import type { B } from '../strategy/b.js'`,
      'lib/strategy/b.ts': `import type { A } from '../resources/a.js'`,
    };
    const within: Sources = {
      'lib/sessions/whole.ts': `import { Part } from './part.js'`,
      'lib/sessions/part.ts': `import type { Whole } from './whole.js'`,
    };

    expect(circles(between)).toHaveLength(1);
    expect(circles(within)).toEqual(NONE);
  });
});

describe('the check of rules', () => {
  it.each([
    `const a: any = 1`,
    `const a = b as any`,
    `const a = b!.c`,
    `class A { b!: string }`,
    `const a = b as unknown as C`,
    `const a = Date.now()`,
    `const a = new Date()`,
    `const a = Date()`,
    `const a = process.env.SECRET`,
    `const a = process['env']`,
    `const { env } = process`,
    `import { env } from 'node:process'`,
    `await ready()`,
    `for await (const a of b) c(a)`,
    `const a = { purpose: 'user' }`,
    `const USER_PURPOSE = 'user'`,
    `const purposes = ['reset', 'user']`,
    `if (claims.purpose === 'user') a()`,
    `tokens.issue('user', about, tx)`,
    `tokens.verify('user', token)`,
    `const a = { table: 'sign_ins' }`,
    `tx.insert(signIns, row)`,
    `tx.insertIfAbsent(SIGN_INS, row)`,
    `// @ts-ignore`,
    `// oxlint-disable-next-line`,
  ])('finds: %s', (text) => {
    expect(brokenRules({ 'lib/activities/a.ts': text })).toHaveLength(1);
  });

  it.each([
    `const a = new Date(0)`,
    `const started = performance.now()`,
    `// The parser has checked it.\nconst a = b as unknown as C`,
    `async function a() { await b() }`,
    `const phase = { actor: 'user' }`,
    `defineResource({ subjectName: 'user' })`,
    `tokens.issue('reset', about, tx)`,
    `const a = !b`,
  ])('allows: %s', (text) => {
    expect(brokenRules({ 'lib/activities/a.ts': text })).toEqual(NONE);
  });

  it.each([
    ['lib/time/index.ts', `const a = new Date(Date.now())`],
    ['lib/sessions/a.ts', `tokens.issue('user', about, tx); tx.insert(signIns, row)`],
    ['lib/tokens/user-tokens.ts', `const PURPOSE = 'user'`],
  ])('allows in its own place, %s: %s', (path, text) => {
    expect(brokenRules({ [path]: text })).toEqual(NONE);
  });

  it('finds a folder without a name', () => {
    expect(namelessFolders(['lib/utils/a.ts', 'lib/tokens/helpers/a.ts', 'lib/tokens/a.ts'])).toHaveLength(2);
  });
});

describe('the check of what is held', () => {
  it.each([
    `class A { readonly #known = new Map<string, number>() }`,
    `class A { #known: string[] = [] }`,
    `class A { static known = new Set() }`,
    `class A { readonly #known = new WeakMap<object, () => void>() }`,
    `class A { constructor() { this.#known = new Map() } }`,
    `const known = new Map<string, number>()`,
    `export const known: string[] = []`,
  ])('finds: %s', (text) => {
    expect(unboundedHolders({ 'lib/tokens/a.ts': text }, {})).toEqual([
      expect.stringMatching(/^lib\/tokens\/a.ts#known grows while the app runs/),
    ]);
  });

  it.each([
    `class A { readonly #known = new WeakMap<object, number>() }`,
    `const NAMES = new Set(['a', 'b'])`,
    `class A { #known: readonly string[] = [] }`,
    `function a() { const found = new Map() }`,
  ])('allows: %s', (text) => {
    expect(unboundedHolders({ 'lib/tokens/a.ts': text }, {})).toEqual(NONE);
  });

  it('finds a bound that is of nothing by now', () => {
    expect(unboundedHolders({}, { 'lib/a.ts#b': 'ten' })).toHaveLength(1);
  });
});
