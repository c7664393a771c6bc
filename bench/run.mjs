// `npm run bench [-- --quick] [--only PATTERN] [--rounds N] [--seconds N]`: docs/performance.md says what it measures and how.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const HERE = new URL('./', import.meta.url);
const PLATFORMS = ['express', 'fastify'];

if (!existsSync(new URL('node_modules/passport', HERE)) || !existsSync(new URL('../dist/index.js', HERE))) {
  console.error(
    'The bench needs the built package, and packages of its own:\n\n  npm ci && npm run build && npm ci --prefix bench\n',
  );
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
});
const { quick } = values;
const plan = {
  passes: quick ? 1 : 2,
  rounds: Number(values.rounds ?? (quick ? 1 : 4)),
  seconds: Number(values.seconds ?? (quick ? 0.4 : 2)),
  warmUpSeconds: quick ? 0.3 : 2,
  starts: quick ? 1 : 20,
  log: (line) => console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`),
};

const { describeRun } = await import('./measure/machine.mjs');
const { runColdStarts, runExpunges, runPasses } = await import('./measure/rounds.mjs');
const { expungeTable, startTable, targetTable, variantTable } = await import('./measure/report.mjs');
const { plot } = await import('./measure/plot.mjs');
const { summarise } = await import('./measure/summary.mjs');
const { isThere } = await import('./servers/stores.mjs');
const { judge } = await import('./targets.mjs');
const { expungesOnce, groupsOf, startsOf } = await import('./variants.mjs');

const { passes, rounds, seconds } = plan;
const run = { ...describeRun(), quick, passes, rounds, seconds };
const [summary, starts, expunges] = [{}, {}, {}];
for (const platform of PLATFORMS) await measurePlatform(platform);
Object.assign(expunges, await runExpunges(quick ? [] : await thoseThere(expungesOnce), plan.log));
const verdicts = judge(summary, starts, expunges);
run.loadAfter = loadavg()[0];

console.log(
  `\n${variantTable(summary)}\n\n${startTable(starts)}\n\n${expungeTable(expunges)}\n\n${targetTable(verdicts)}\n`,
);
if (run.loadBefore > 1)
  console.log(`The machine was busy (load ${run.loadBefore.toFixed(1)}) when this began: the figures say little.\n`);
await keep();
const missed = verdicts.filter(({ state }) => state === 'missed');
if (missed.length > 0) console.log(`Missed: ${missed.map(({ path }) => path).join('; ')}`);
process.exit(missed.length > 0 && !quick ? 1 : 0);

async function measurePlatform(platform) {
  for (const group of groupsOf(platform)) await measureGroup(group.filter((variant) => !quick || variant.quick));
  const started = await thoseThere(startsOf(platform));
  if (started.length > 1) Object.assign(starts, summarise(started, await runColdStarts(started, plan.starts)));
}

/** What is in more than one group is shown as it was in the first. */
async function measureGroup(group) {
  const chosen = await thoseThere(group);
  if (chosen.every(isBare)) return;
  const measured = summarise(chosen, await runPasses(chosen, plan));
  for (const [name, figures] of Object.entries(measured)) summary[name] ??= figures;
}

/** What is asked for and can be run here, with its baseline. */
async function thoseThere(variants) {
  const chosen = [];
  for (const variant of variants) {
    if (!isAsked(variant, variants)) continue;
    if (variant.needs === undefined || (await isThere(variant.needs))) chosen.push(variant);
    else plan.log(`${variant.name} is left out: no ${variant.needs} here`);
  }
  return chosen;
}

function isAsked({ name }, others) {
  const isMeant = (one) => new RegExp(values.only).test(one);
  return isMeant(name) || others.some((other) => other.baseline === name && isMeant(other.name));
}

function isBare({ what }) {
  return what === 'bare';
}

/** A run in part is no result. */
async function keep() {
  const name = quick || values.only !== '' ? 'partial' : 'latest';
  const results = new URL('results/', HERE);
  await mkdir(results, { recursive: true });
  await writeFile(
    new URL(`${name}.json`, results),
    `${JSON.stringify({ run, summary, starts, expunges, verdicts }, null, 2)}\n`,
  );
  const title = `CPU time of the bare route / CPU time of the variant (${run.date.slice(0, 10)}, Node ${run.node})`;
  await writeFile(new URL(`${name}.svg`, results), plot(summary, title));
  console.log(`Kept in bench/results/${name}.json and ${name}.svg`);
}
