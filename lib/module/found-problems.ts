import type { Problem } from '../errors/index.js';

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function isKebab(name: string): boolean {
  return KEBAB.test(name);
}

export function kebab(where: string, name: string): readonly Problem[] {
  return isKebab(name) ? [] : [problem(where, 'is not a kebab-case word', 'write lower-case words with hyphens')];
}

export function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

export function problem(where: string, wrong: string, cure: string): Problem {
  return { where, wrong, cure };
}
