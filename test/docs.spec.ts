import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileBlocks } from './docs/compile.js';
import { blockProblems, blocksOf, headingsOf, secondHeads } from './docs/markdown.js';
import { markdownBelow } from './docs/pages.js';

const HEADINGS = ['What it does', 'Set up', 'Options', 'Routes', 'What can fail', 'Security notes', 'Override'];
const NONE: readonly string[] = [];

const pages = ['README.md', ...markdownBelow('docs')].filter((page) => existsSync(page));
const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(page, 'utf8')));

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

describe('the documentation', () => {
  it('has no block of code that is not compiled', () => {
    expect(blocks.flatMap(blockProblems)).toEqual(NONE);
  });

  it('has no table with a second head', () => {
    expect(pages.flatMap((page) => secondHeads(page, readFileSync(page, 'utf8')))).toEqual(NONE);
  });

  it('compiles, every block of it, against the sources', () => {
    expect(compileBlocks(blocks.filter(({ info }) => info === 'ts'))).toEqual(NONE);
  }, 60_000);

  it.each(['strategies', 'add-ons'])('has a page for each room of %s', (folder) => {
    const rooms = namesIn(`lib/${folder}`).map((name) => name.replace(/\.ts$/, ''));

    expect(rooms.filter((room) => !existsSync(`docs/${folder}/${room}.md`))).toEqual(NONE);
  });

  it.each(['strategies', 'add-ons'])('has no page of %s without a room, and the same headings on each', (folder) => {
    for (const page of namesIn(`docs/${folder}`)) {
      const room = `lib/${folder}/${page.replace(/\.md$/, '')}`;

      expect([page, existsSync(room) || existsSync(`${room}.ts`)]).toEqual([page, true]);
      expect([page, ...headingsOf(readFileSync(`docs/${folder}/${page}`, 'utf8'), 2)]).toEqual([page, ...HEADINGS]);
    }
  });
});

describe('the check of blocks', () => {
  it('says which line of which page is wrong', () => {
    const markdown = 'Text\n\n```ts\nexport const a = 1;\nexport const b: string = a;\n```\n';

    const problems = compileBlocks(blocksOf('docs/made-up.md', markdown));

    expect(problems).toEqual([`docs/made-up.md:5 Type 'number' is not assignable to type 'string'.`]);
  }, 60_000);

  it('takes the names of this package, and of the other blocks of a page', () => {
    const [named, importing] = [
      '```ts\n// auth/hello.ts\nexport const hello: string = "hello";\n```\n',
      '```ts\nimport { page, html } from "nest-auth-plug/pages";\nimport { hello } from "./auth/hello.js";\n' +
        'page({ title: hello, body: html`` });\npage({ title: 1, body: html`` });\n```\n',
    ];

    expect(compileBlocks(blocksOf('docs/made-up.md', named + importing))).toEqual([
      `docs/made-up.md:9 Type 'number' is not assignable to type 'string'.`,
    ]);
  }, 60_000);

  it.each(['```ts ignore\na\n```', '```typescript\na\n```', '```js\na\n```', '  ~~~~ts\na(…)\n~~~~'])(
    'refuses %j',
    (markdown) => {
      expect(blocksOf('docs/made-up.md', markdown).flatMap(blockProblems)).toHaveLength(1);
    },
  );

  it('finds the head of a table in the middle of another, and none in a block', () => {
    const table = '| a | b |\n| --- | :-: |\n| 1 | 2 |\n';

    expect(secondHeads('docs/made-up.md', `${table}\n${table}\n\`\`\`text\n${table}${table}\`\`\`\n`)).toEqual([]);
    expect(secondHeads('docs/made-up.md', `Text\n\n${table}${table}`)).toEqual([
      'docs/made-up.md:6 begins a table within another',
    ]);
  });

  it('reads headings, but not those in blocks', () => {
    expect(headingsOf('# A\n\n## B\n\n```sh\n## not one\n```\n\n### C\n\n## D\n', 2)).toEqual(['B', 'D']);
  });
});
