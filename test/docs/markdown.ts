/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Where its code begins, from 1. */
  readonly line: number;
  /** What stands behind the opening fence: `ts`, `sh`, … */
  readonly info: string;
  readonly code: string;
}

const OPENING = /^(\s*)(`{3,}|~{3,})(.*)$/;

/** Every fenced block, CommonMark §4.5: indented ones in lists too. */
export function blocksOf(page: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { indent: number; fence: string; info: string; line: number; code: string[] } | null = null;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = OPENING.exec(text) ?? [];
    if (open === null) {
      if (fence !== '') open = { indent: indent.length, fence, info: info.trim(), line: index + 2, code: [] };
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      blocks.push({ page, line: open.line, info: open.info, code: open.code.join('\n') });
      open = null;
    } else {
      open.code.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
    }
  }
  return blocks;
}

/** The lines outside of fenced blocks, where they are. */
function proseOf(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,})[^]*?^\1\s*$/gm, (block) => block.replaceAll(/.+/g, ''));
}

/** Heads in the middle of tables: what two changes of one table leave behind when they are merged. */
export function secondHeads(page: string, markdown: string): readonly string[] {
  const problems: string[] = [];
  let rows = 0;
  for (const [index, line] of proseOf(markdown).split('\n').entries()) {
    rows = line.startsWith('|') ? rows + 1 : 0;
    const isBelowHead = /^\|[ :|-]*---[ :|-]*\|$/.test(line);
    if (isBelowHead && rows > 2) problems.push(`${page}:${index} begins a table within another`);
  }
  return problems;
}

/** Headings of one level, fenced blocks left out. */
export function headingsOf(markdown: string, level: number): readonly string[] {
  return [...proseOf(markdown).matchAll(/^(#+) (.+)$/gm)]
    .filter(([, marks]) => marks?.length === level)
    .map(([, , text = '']) => text);
}

/** What keeps a block from being checked or from being copied. */
export function blockProblems({ page, line, info, code }: Block): readonly string[] {
  const language = info.split(/\s/)[0] ?? '';
  if (!/^(ts|tsx|mts|typescript|js|jsx|mjs|cjs|javascript)$/i.test(language)) return [];
  const problems: string[] = [];
  if (info !== 'ts') problems.push(`${page}:${line} is marked \`${info}\`: write \`ts\`, so that it is compiled`);
  if (code.includes('…')) problems.push(`${page}:${line} leaves something out with …: a reader cannot run that`);
  return problems;
}
