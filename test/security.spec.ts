import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lineOf, mappingIn, rowsIn, taggedTests, titlesIn, unknownTests } from './security/rows.js';

const NONE: readonly string[] = [];

const mapping = mappingIn(readFileSync('docs/security.md', 'utf8'));
const tests = taggedTests();

describe('the mapping of docs/security.md', () => {
  it('names tests that are there', () => {
    expect(unknownTests(mapping, tests)).toEqual(NONE);
  });

  it('names each row that is in the name of the test, and no other', () => {
    expect(mapping.filter(({ row, title }) => !rowsIn(title).includes(row)).map(lineOf)).toEqual(NONE);
  });

  it('leaves out no test that carries the id of a row', () => {
    const mapped = new Set(mapping.map(lineOf));
    const carried = tests.flatMap((test) => rowsIn(test.title).map((row) => lineOf({ ...test, row })));

    expect([...new Set(carried)].filter((line) => !mapped.has(line))).toEqual(NONE);
  });

  it('says nothing twice', () => {
    const lines = mapping.map(lineOf);

    expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual(NONE);
    expect(mapping.length).toBeGreaterThan(100);
  });

  it('lists no row as not shown yet that a test shows', () => {
    const [, open = ''] = readFileSync('docs/security.md', 'utf8').split(/^### Not shown yet$/m);
    const listed = [...(open.split(/^##/m)[0] ?? '').matchAll(/^\| ((?:ASVS|NIST|RFC) [^|]+?) +\|/gm)];
    const shown = new Set(mapping.map(({ row }) => row));

    expect(listed.map(([, row = '']) => row).filter((row) => shown.has(row.replace('§', '')))).toEqual(NONE);
  });
});

describe('the reader of row ids', () => {
  it('finds titles with ids, and the ids in them', () => {
    const source = `it('[ASVS 2.3.4, 15.4.2] [RFC 6750 §2.3] waits', f);\nit("[PRJ] lives", f);\nit(\`[PRJ 3] of \${x}\`, f);`;

    expect(titlesIn(source).map(rowsIn)).toEqual([['ASVS 2.3.4', 'ASVS 15.4.2', 'RFC 6750 2.3'], ['PRJ'], ['PRJ 3']]);
  });

  it('reads a line of the mapping, whatever is in its title', () => {
    const line = '| RFC 6750 §3 | `a/b.spec.ts` | `` [RFC 6750 §3] runs `x` a \\| b `` |';

    expect(mappingIn(line).map(lineOf)).toEqual([line]);
    expect(mappingIn(line)).toEqual([
      { row: 'RFC 6750 3', file: 'a/b.spec.ts', title: '[RFC 6750 §3] runs `x` a | b' },
    ]);
  });
});
