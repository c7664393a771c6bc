import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { blocksOf } from '../docs/markdown.js';
import { markdownBelow } from '../docs/pages.js';
import { mappingIn, taggedTests, unknownTests } from '../security/rows.js';
import { unboundedHolders } from './held.js';
import { importsIn, isInSample, listWithout, readRooms, SAMPLE_LIST } from './rooms.js';
import { readSources } from './sources.js';
import { TypeCheck } from './type-check.js';

const NONE: readonly string[] = [];
const check = new TypeCheck();
const sources = check.sources();
const pages = ['README.md', ...markdownBelow('docs')].map((page) => [page, readFileSync(page, 'utf8')] as const);
const mapping = mappingIn(readFileSync('docs/security.md', 'utf8'));

/** The way in that most tests and pages take: without it they would need another. What must hold of it is that nothing else needs it. */
const USED_BY_TESTS = 'strategies/password';
const USED_BY_LIB = `lib/${USED_BY_TESTS}`;

const rooms = readRooms();

describe.each(rooms)('without $path', (room) => {
  const isUsedByTests = room.path === USED_BY_TESTS;
  const isLooked = (path: string) => !isUsedByTests || !path.startsWith('test/');

  it('nobody imports what is not there', () => {
    const importers = sources
      .filter(([path]) => !room.owns(path) && isLooked(path) && path !== SAMPLE_LIST)
      .filter(([path, text]) => importsIn(path, text).some((to) => room.owns(to)))
      .map(([path]) => path);

    expect(importers).toEqual(NONE);
  });

  it('the sample app and its tests compile with the rooms that are left', () => {
    const texts = isInSample(room) ? { [SAMPLE_LIST]: listWithout(room) } : {};

    const problems = check.problemsAfter({ isGone: (path) => room.owns(path), texts });

    expect(problems.filter((problem) => isLooked(problem))).toEqual(NONE);
  });

  it('no other page of the docs shows it', () => {
    const shown = pages
      .filter(([page]) => !room.owns(page) && !isUsedByTests)
      .flatMap(([page, text]) => blocksOf(page, text))
      .filter(({ page, info, code }) => info === 'ts' && importsIn(page, code).some((to) => room.owns(to)))
      .map(({ page, line }) => `${page}:${line}`);

    expect(shown).toEqual(NONE);
  });

  it('no list of the tests names it', () => {
    const lib = Object.fromEntries(Object.entries(readSources('lib')).filter(([path]) => !room.owns(path)));
    const tests = taggedTests().filter(({ file }) => !room.owns(`test/${file}`));

    expect(unboundedHolders(lib)).toEqual(NONE);
    const isThere = (path: string) => !room.owns(`lib/${path}`) && existsSync(`lib/${path}`);
    expect(unknownTests(mapping, tests, isThere)).toEqual(NONE);
  });
});

describe('the check of what can be removed', () => {
  it('sees who is left behind', () => {
    const isGone = (path: string) => path === USED_BY_LIB || path.startsWith(`${USED_BY_LIB}/`);
    const problems = check.problemsAfter({ isGone, texts: {} }).filter((problem) => problem.startsWith('sample-app/'));

    expect(problems).toEqual([expect.stringMatching(/rooms\/password\/index\.ts:\d+ Cannot find module/)]);
  });

  it('does not take a room for removed whose line was left in the sample app', () => {
    expect(() => listWithout({ path: 'strategies/nowhere', owns: () => false })).toThrow(/not one line for nowhere/);
  });
});
