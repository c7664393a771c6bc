// One server as a process of its own. `start` of its module listens; what it is to be asked with comes from `seed`, so that the
// time and memory of a start are those of the app alone.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerParent } from '../measure/child.mjs';

const { server, watchesLoop = false, ...options } = JSON.parse(process.argv[2]);
const { start } = await import(`./${server}.mjs`);
const running = await start(options);
const startedBytes = process.memoryUsage().rss;
// Resolution 1: with the default of 10 ms an idle loop would seem to be 10 ms late. It costs CPU time, so not everybody has it.
const loop = watchesLoop ? monitorEventLoopDelay({ resolution: 1 }) : null;
loop?.enable();

answerParent({
  started: () => ({ port: running.port, rssBytes: startedBytes }),
  seed: async () => (await running.seed?.()) ?? [{}],
  usage,
  expunge: () => running.expunge(),
  stop,
});
// The parent is gone, by Ctrl-C as well: what was made for this run goes too.
process.on('disconnect', () => void stop());
process.on('SIGINT', () => undefined);

async function stop() {
  await running.close();
  setImmediate(() => process.exit());
}

/** CPU time of all threads since the start; the delay of the loop since the last question. */
function usage() {
  const { user, system } = process.cpuUsage();
  const loopP99Ms = loop === null ? null : loop.percentile(99) / 1e6;
  loop?.reset();
  return { cpuMicros: user + system, peakRssBytes: process.resourceUsage().maxRSS * 1024, loopP99Ms };
}
