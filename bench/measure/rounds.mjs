// Starts the servers of a group, then asks them in turn, window by window: A B C … A B C. What the machine does meanwhile then
// falls on all of them alike. Groups are small: the memory of a server that waits for minutes may be taken from it. Then the group is
// started anew, for what V8 makes of a program as it warms up is for good.
import { fileURLToPath } from 'node:url';
import { checkServer, requestsOf } from './check.mjs';
import { Child, CORES } from './child.mjs';
import { measure, sampleOf, warmUp } from './window.mjs';

const SERVER = fileURLToPath(new URL('../servers/main.mjs', import.meta.url));
const LOAD = fileURLToPath(new URL('../load.mjs', import.meta.url));

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
    for (const server of servers) await warmUp(server, load, warmUpSeconds * server.variant.warmUps);
    const samples = new Map(variants.map(({ name }) => [name, []]));
    log(`${rounds} rounds`);
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, windows] of await runRound(servers, load, seconds)) samples.get(name).push(sampleOf(windows));
    }
    return samples;
  } finally {
    await Promise.allSettled(servers.map(({ child }) => child.ask('stop')));
    await load.ask('stop');
  }
}

/** @returns name and windows of each */
async function runRound(servers, load, seconds) {
  const asked = servers.map((server) => ({ server, ...windowsOf(server.variant, seconds), taken: [] }));
  const turns = Math.max(...asked.map(({ count }) => count));
  for (let turn = 1; turn <= turns; turn += 1) {
    for (const { server, count, windowSeconds, taken } of asked) {
      if (turn <= count) taken.push(await measure(server, load, windowSeconds));
    }
  }
  return asked.map(({ server, taken }) => [server.variant.name, taken]);
}

/** @param seconds of a round, of which a variant that answers seldom has a multiple */
function windowsOf({ windowSeconds, secondsFactor }, seconds) {
  const ownSeconds = seconds * secondsFactor;
  const count = Math.max(1, Math.round(ownSeconds / windowSeconds));
  return { count, windowSeconds: ownSeconds / count };
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
