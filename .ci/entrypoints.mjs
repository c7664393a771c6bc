// The subpaths that the package really has, wildcards written out: `.` `./pages` `./strategies/password` …
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const [subpath, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  const [before, after] = target.default.split('*');
  if (after === undefined) {
    console.log(subpath);
    continue;
  }
  const rooms = existsSync(before) ? readdirSync(before) : [];
  for (const room of rooms) {
    if (existsSync(`${before}${room}${after}`)) console.log(subpath.replace('*', room));
  }
}
