import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A test, or a group of tests, that shows rows of the security checklist. */
export interface RowTest {
  /** Below `test/`. */
  readonly file: string;
  /** As it stands in the source, with `%s` and the like. */
  readonly title: string;
}

const TAG = String.raw`\[(?:ASVS|NIST|PRJ|RFC)\b[^\]]*\]`;
const TITLE = new RegExp(String.raw`(['"\`])(${TAG} (?:(?!\1).)+)\1`, 'g');

/** Every title with row ids in the tests. */
export function taggedTests(): readonly RowTest[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files
    .filter((file) => file !== 'security.spec.ts')
    .flatMap((file) => titlesIn(readFileSync(`test/${file}`, 'utf8')).map((title) => ({ file, title })));
}

export function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(TITLE)].map(([, , title = '']) => title);
}

/** The row ids in a title: `[ASVS 2.3.4, 15.4.2]` is two, `[RFC 6750 §2.3]` one, `[PRJ]` a bar of the project's own. */
export function rowsIn(title: string): readonly string[] {
  const tags = [...title.matchAll(/\[((?:ASVS|NIST|PRJ|RFC)\b[^\]]*)\]/g)].map(([, tag = '']) => tag);
  return tags.flatMap((tag) => {
    const [, source = '', numbers = ''] = /^(RFC \d+|[A-Z]+) ?(.*)$/.exec(tag) ?? [];
    return numbers.split(/, ?/).map((number) => rowId(`${source} ${number}`));
  });
}

/** One spelling: without the section sign. */
export function rowId(text: string): string {
  return text.replace('§', '').trim();
}

/** A line of the mapping in `docs/security.md`. */
export interface MappedRow extends RowTest {
  readonly row: string;
}

/** The lines of tables with the columns row, file and test. Titles are code, so that nothing in them is markdown. */
export function mappingIn(page: string): readonly MappedRow[] {
  const line = /^\| *((?:ASVS|NIST|PRJ|RFC)\b[^|]*?) *\| *`([^`]+)` *\| *(`{1,2}) ?(.+?) ?\3 *\|$/gm;
  return [...page.matchAll(line)].map(([, row = '', file = '', , title = '']) => {
    return { row: rowId(row), file, title: title.replaceAll(String.raw`\|`, '|') };
  });
}

/**
 * Lines of the mapping that name no test. Those of a room that was removed with its tests go when the page is made anew, and are no fault
 * until then.
 */
export function unknownTests(
  mapping: readonly MappedRow[],
  tests: readonly RowTest[],
  isThere: (room: string) => boolean = (room) => existsSync(`lib/${room}`),
): readonly string[] {
  const known = new Set(tests.map(({ file, title }) => `${file} | ${title}`));
  const isOfNoRoom = (file: string) => {
    const [, room] = /^((?:strategies|add-ons)\/[^/]+)\//.exec(file) ?? [];
    const [, other] = /\.with-([\w-]+)\.spec\.ts$/.exec(file) ?? []; // a test about two rooms
    const [, sample] = /^sample-app\/([\w-]+)\./.exec(file) ?? [];
    const isGone = (name: string) => !isThere(`strategies/${name}`) && !isThere(`add-ons/${name}`);
    if (room !== undefined && !isThere(room)) return true;
    if (other !== undefined && isGone(other)) return true;
    return sample !== undefined && isGone(sample) && !tests.some((test) => test.file === file);
  };
  return mapping.filter(({ file, title }) => !known.has(`${file} | ${title}`) && !isOfNoRoom(file)).map(lineOf);
}

/** The line as the page has it, for pasting. */
export function lineOf({ row, file, title }: MappedRow): string {
  const spelled = row.replace(/^(RFC \d+|NIST) /, '$1 §');
  const fence = title.includes('`') ? '``' : '`';
  const space = fence === '``' ? ' ' : '';
  return `| ${spelled} | \`${file}\` | ${fence}${space}${title.replaceAll('|', String.raw`\|`)}${space}${fence} |`;
}
