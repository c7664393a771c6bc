// Makes few files of the many that `nest build` wrote to dist/: each module takes a process time and memory at its start
// (docs/performance.md has the figures). Types stay as they are. Nothing is minified or left out, so that stack traces can be read.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const DIST = 'dist';
const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What apps import, by its path below dist/ without `.js`: the patterns of package.json, and its programs. */
function entries() {
  const written = filesIn(DIST).filter((file) => file.endsWith('.js'));
  const patterns = [...Object.values(exports).map((target) => target.default), ...Object.values(bin)].filter(Boolean);
  const wanted = patterns.map((pattern) => new RegExp(`^${pattern.replace('./dist/', '').replace('*', '[^/]+')}$`));
  const found = written.filter((file) => wanted.some((pattern) => pattern.test(file)));
  return Object.fromEntries(found.map((file) => [file.replace(/\.js$/, ''), `./${DIST}/${file}`]));
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
}

/** Once they are read: what stays in dist/ is what is published. */
const removeModules = {
  name: 'remove-modules',
  generateBundle: () => filesIn(DIST).forEach((file) => file.endsWith('.js') && rmSync(join(DIST, file))),
};

export default {
  input: entries(),
  output: { dir: DIST, format: 'es', chunkFileNames: 'chunks/[name]-[hash].js', minifyInternalExports: false },
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  treeshake: false,
  plugins: [removeModules],
  // `tsc` writes decorators with a test of `this`, which a module has not.
  onwarn: (warning, warn) => warning.code !== 'THIS_IS_UNDEFINED' && warn(warning),
};
