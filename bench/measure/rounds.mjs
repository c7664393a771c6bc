// Starts the servers of a group, then asks them in turn, round by round: A B C … A B C. What the machine does meanwhile then
// falls on all of them alike. Groups are small: the memory of a server that waits for minutes may be taken from it. Then the group is
// started anew, for what V8 makes of a program as it warms up is for good, and differs from one process to the next by a tenth.
import { fileURLToPath } from 'node:url';
import { checkServer, requestsOf } from './check.mjs';
import { Child, CORES } from './child.mjs';

const SERVER = fileURLToPath(new URL('../servers/main.mjs', import.meta.url));
const LOAD = fileURLToPath(new URL('../load.mjs', import.meta.url));
/** Unmeasured, before each window: pools are connected again and the code is warm again. */
const LEAD_SECONDS = 0.2;

/** @returns samples by name, one for each round of each pass */
export async function runPasses(variants, { passes, ...plan }) {
  const samples = new Map(variants.map(({ name }) => [name, []]));
  for (let pass = 1; pass <= passes; pass += 1) {
    for (const [name, taken] of await runRounds(variants, plan)) samples.get(name).push(...taken);
  }
  return samples;
}

async function runRounds(variants, { rounds, seconds, warmUpSeconds, log }) {
  const load = new Child('load', LOAD, { hasOwnCore: CORES !== null });
  const servers = [];
  try {
    for (const variant of variants) servers.push(await startServer(variant, load, log));
    for (const server of servers) await load.ask('run', loadOf(server, warmUpSeconds));
    const samples = new Map(variants.map(({ name }) => [name, []]));
    log(`${rounds} rounds`);
    for (let round = 1; round <= rounds; round += 1) {
      for (const server of servers) samples.get(server.variant.name).push(await measure(server, load, seconds));
    }
    return samples;
  } finally {
    await Promise.allSettled(servers.map(({ child }) => child.ask('stop')));
    await load.ask('stop');
  }
}

async function startServer(variant, load, log) {
  const child = startChild(variant);
  try {
    const { port } = await child.ask('started');
    const requests = requestsOf(variant, await child.ask('seed'));
    await checkServer(variant, port, requests);
    await load.ask('prepare', { name: variant.name, requests });
    log(`${variant.name} answers as it should`);
    return { variant, child, port };
  } catch (error) {
    await child.ask('stop').catch(() => undefined);
    throw error;
  }
}

function startChild({ server, options }) {
  return new Child('server', SERVER, { server, ...options });
}

/** CPU time is taken while the server is idle, before and after, so it is that of all requests and of nothing else. */
async function measure(server, load, seconds) {
  await load.ask('run', loadOf(server, LEAD_SECONDS));
  const before = await server.child.ask('usage');
  const loaded = await load.ask('run', loadOf(server, seconds));
  const after = await server.child.ask('usage');
  if (loaded.failed > 0)
    throw new Error(`${server.variant.name}: ${loaded.failed} of ${loaded.requests} requests failed`);
  return {
    cpuMicros: loaded.requests > 0 ? (after.cpuMicros - before.cpuMicros) / loaded.requests : null,
    perSecond: loaded.requests / loaded.seconds,
    p50Ms: loaded.p50Ms,
    p99Ms: loaded.p99Ms,
    loopP99Ms: after.loopP99Ms,
    peakRssBytes: after.peakRssBytes,
  };
}

function loadOf({ variant: { name, connections }, port }, seconds) {
  return { name, port, connections, seconds };
}

/** Starts and stops servers in turn. @returns samples by name: milliseconds until it listens, and its memory then */
export async function runColdStarts(variants, rounds) {
  const samples = new Map(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of variants) samples.get(variant.name).push(await coldStart(variant));
  }
  return samples;
}

/** @returns what one round of expunging came to, of each */
export async function runExpunges(variants, log) {
  const results = {};
  for (const variant of variants) {
    const child = startChild(variant);
    try {
      await child.ask('seed');
      results[variant.name] = await child.ask('expunge');
      log(`${variant.name} is through`);
    } finally {
      await child.ask('stop').catch(() => undefined);
    }
  }
  return results;
}

async function coldStart(variant) {
  const began = performance.now();
  const child = startChild(variant);
  const { rssBytes } = await child.ask('started');
  const startMs = performance.now() - began;
  await child.ask('stop').catch(() => undefined);
  return { startMs, rssBytes };
}
