// One server under load for a moment, and what the windows of a round come to.
import { quantile } from './statistics.mjs';

/** Unmeasured, before each window: pools are connected again and the code is warm again. */
const LEAD_SECONDS = 0.05;

export async function warmUp(server, load, seconds) {
  return load.ask('run', loadOf(server, seconds));
}

/** CPU time is taken while the server is idle, before and after, so it is that of all requests and of nothing else. */
export async function measure(server, load, seconds) {
  await warmUp(server, load, LEAD_SECONDS);
  const before = await server.child.ask('usage');
  const loaded = await load.ask('run', loadOf(server, seconds));
  const after = await server.child.ask('usage');
  if (loaded.failed > 0)
    throw new Error(`${server.variant.name}: ${loaded.failed} of ${loaded.latencies.length} requests failed`);
  return { ...loaded, ...after, cpuMicros: after.cpuMicros - before.cpuMicros };
}

/** @param windows of one server in one round; as a whole they are its sample, so that what is collected in one of them is paid by all */
export function sampleOf(windows) {
  const latencies = windows.flatMap((window) => window.latencies).toSorted((a, b) => a - b);
  const sum = (figure) => windows.reduce((total, window) => total + window[figure], 0);
  const greatest = (figure) => windows.reduce((most, window) => Math.max(most, window[figure]), 0);
  const requests = latencies.length;
  return {
    cpuMicros: requests > 0 ? sum('cpuMicros') / requests : null,
    perSecond: requests / sum('seconds'),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    loopP99Ms: windows[0].loopP99Ms === null ? null : greatest('loopP99Ms'),
    peakRssBytes: greatest('peakRssBytes'),
  };
}

function loadOf({ variant: { name, connections }, port }, seconds) {
  return { name, port, connections, seconds };
}
