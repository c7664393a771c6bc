// CPU ratios as bars: the bare route is 1. Grey are floors, blue is ours, red are peers; the line shows least and greatest.
const COLOURS = { ours: '#2f6fd0', floor: '#9aa0a6', peer: '#d0574a' };
const [ROW, LABEL, BAR, TOP] = [18, 230, 420, 34];
const MOST = 1.2;

/** @param summary by name @param title said above the bars */
export function plot(summary, title) {
  const bars = Object.entries(summary).filter(([, { cpuRatio }]) => cpuRatio && cpuRatio.median <= MOST);
  const height = TOP + bars.length * ROW + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABEL + BAR + 60} ${height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="8" y="20" font-size="13">${escape(title)}</text>`,
    ...[0, 0.25, 0.5, 0.75, 1].map((ratio) => gridLine(ratio, height)),
    ...bars.map(([name, { cpuRatio }], index) => bar(name, cpuRatio, TOP + index * ROW)),
    '</svg>\n',
  ].join('\n');
}

const x = (ratio) => (LABEL + (Math.min(ratio, MOST) / MOST) * BAR).toFixed(1);

function gridLine(ratio, height) {
  const line = `<line x1="${x(ratio)}" x2="${x(ratio)}" y1="${TOP - 6}" y2="${height - 20}" stroke="#ddd"/>`;
  return `${line}<text x="${x(ratio)}" y="${height - 6}" text-anchor="middle" fill="#555">${ratio}</text>`;
}

function bar(name, { median, min, max }, top) {
  const middle = top + ROW / 2;
  return [
    `<text x="${LABEL - 8}" y="${middle + 4}" text-anchor="end">${escape(name)}</text>`,
    `<rect x="${LABEL}" y="${top + 2}" width="${(x(median) - LABEL).toFixed(1)}" height="${ROW - 5}" fill="${COLOURS[kindOf(name)]}"/>`,
    `<line x1="${x(min)}" x2="${x(max)}" y1="${middle}" y2="${middle}" stroke="#222"/>`,
    `<text x="${LABEL + BAR + 54}" y="${middle + 4}" text-anchor="end">${median.toFixed(2)}</text>`,
  ].join('');
}

function kindOf(name) {
  if (name.includes('/ours')) return 'ours';
  return /by-hand|bare|empty|raw|hash/.test(name) ? 'floor' : 'peer';
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
