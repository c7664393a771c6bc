// Lets node run our TypeScript as it is, for tests that need a second process: https://nodejs.org/docs/latest-v20.x/api/module.html
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

export async function resolve(specifier, context, next) {
  const typescript = specifier.replace(/\.js$/, '.ts');
  const relative = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  const file = relative ? new URL(typescript, context.parentURL) : null;
  return next(file && existsSync(file) ? file.href : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { filename });
  return { format: 'module', source: code, shortCircuit: true };
}
