// What stands in the terminal.
import { styleText } from 'node:util';

/** @param rows of texts; the first column is to the left, the others to the right */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join('  ')).join('\n');
}

const fixed = (digits) => (value) => value.toFixed(digits);
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

function cell(figure, format) {
  return figure ? `${format(figure.median)} (${format(figure.min)}–${format(figure.max)})` : '';
}

export function variantTable(summary) {
  const heads = [
    'variant',
    'CPU µs/request',
    'CPU ratio to bare',
    'added µs',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'peak RSS MB',
    'loop p99 ms',
  ];
  const rows = Object.entries(summary).map(([name, of]) => [
    name,
    cell(of.cpuMicros, fixed(1)),
    cell(of.cpuRatio, fixed(2)),
    cell(of.addedMicros, fixed(1)),
    cell(of.perSecond, fixed(0)),
    of.p50Ms.median.toFixed(1),
    of.p99Ms.median.toFixed(1),
    megabytes(of.peakRssBytes.median),
    of.loopP99Ms?.median.toFixed(1) ?? '',
  ]);
  return table([heads, ...rows]);
}

export function startTable(starts) {
  const heads = ['cold start', 'ms', 'ratio to bare', 'RSS MB', 'MB over bare'];
  const rows = Object.entries(starts).map(([name, of]) => [
    name,
    cell(of.startMs, fixed(0)),
    cell(of.startRatio, fixed(2)),
    cell(of.rssBytes, megabytes),
    cell(of.addedRssBytes, megabytes),
  ]);
  return table([heads, ...rows]);
}

export function expungeTable(expunges) {
  const rows = Object.entries(expunges).map(([name, { rows: count, seconds, loopMaxMs }]) => [
    name,
    String(count),
    seconds.toFixed(1),
    loopMaxMs.toFixed(1),
  ]);
  return table([['expunging', 'rows', 'seconds', 'longest delay of the loop, ms'], ...rows]);
}

const COLOURS = { met: 'green', missed: 'red', 'not measured': 'yellow' };

export function targetTable(verdicts) {
  const rows = verdicts.map(({ path, wanted, measured, state }) => [path, wanted, measured?.toFixed(2) ?? '', state]);
  const [heads, ...lines] = table([['target', 'wanted', 'measured', ''], ...rows]).split('\n');
  return [heads, ...lines.map((line, index) => styleText(COLOURS[verdicts[index].state], line))].join('\n');
}
