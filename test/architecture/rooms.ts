import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { roomsOn } from './imports.js';

/** A room, and everything that is removed with it. */
export interface Room {
  /** `strategies/password` */
  readonly path: string;
  /** Whether a file or folder of the repository goes with it. */
  owns(path: string): boolean;
}

const SAMPLE = 'sample-app/src/rooms';
/** The list of the sample app's rooms: a line each. */
export const SAMPLE_LIST = `${SAMPLE}/index.ts`;

export function readRooms(): readonly Room[] {
  return ['strategies', 'add-ons'].flatMap((folder) =>
    readdirSync(`lib/${folder}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => roomOf(folder, name)),
  );
}

function roomOf(folder: string, name: string): Room {
  const path = `${folder}/${name}`;
  const all = [path, ...roomsOn(path)].map(ownerOf);
  return { path, owns: (one) => all.some((owns) => owns(one)) };
}

/** Whether a file or folder is of the room itself. */
function ownerOf(path: string): Room['owns'] {
  const name = nameOf(path);
  const own = [`lib/${path}`, `test/${path}`, `docs/${path}.md`, `${SAMPLE}/${name}`, `${SAMPLE}/${name}.ts`];
  // A test about two rooms stands in the folder of one, and goes with the other as well.
  const isItsTest = (one: string) =>
    one.startsWith(`test/sample-app/${name}.`) || one.endsWith(`.with-${name}.spec.ts`);
  return (one) => isItsTest(one) || own.some((owned) => one === owned || one.startsWith(`${owned}/`));
}

/** The list of the sample app without a room, and without those that go with it. @throws {Error} where one has not one line */
export function listWithout({ path }: Room): string {
  const names = samplesOf(path);
  return (names.length === 0 ? [nameOf(path)] : names).reduce(withoutLine, readFileSync(SAMPLE_LIST, 'utf8'));
}

/** Whether the sample app has the room, or one that goes with it. */
export function isInSample({ path }: Room): boolean {
  return samplesOf(path).length > 0;
}

/** Those of the rooms that go with this one, itself included, that the sample app has. */
function samplesOf(path: string): readonly string[] {
  const names = [path, ...roomsOn(path)].map(nameOf);
  return names.filter((name) => existsSync(`${SAMPLE}/${name}.ts`) || existsSync(`${SAMPLE}/${name}`));
}

function withoutLine(list: string, name: string): string {
  const lines = list.split('\n');
  const kept = lines.filter((line) => !line.includes(`'./${name}.js'`) && !line.includes(`'./${name}/index.js'`));
  if (kept.length !== lines.length - 1) throw new Error(`${SAMPLE_LIST} has not one line for ${name}`);
  return kept.join('\n');
}

function nameOf(path: string): string {
  const [, name = ''] = path.split('/');
  return name;
}

/** What a file imports, in every form: a path of the repository for what is relative or of this package, else the bare specifier. */
export function importsIn(path: string, text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    if (fileName.startsWith('.')) return posix.join(posix.dirname(path), fileName).replace(/\.js$/, '.ts');
    return fileName.startsWith('nest-auth-plug/') ? fileName.replace('nest-auth-plug/', 'lib/') : fileName;
  });
}
