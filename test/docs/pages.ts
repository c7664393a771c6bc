import { readdirSync } from 'node:fs';

/** The pages below a folder; `docs/api` is what typedoc makes. */
export function markdownBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api/'))
    .map((name) => `${folder}/${name}`)
    .toSorted();
}
