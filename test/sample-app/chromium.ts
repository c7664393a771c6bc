import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser; says so once where there is none. */
export function chromiumIsThere(): boolean {
  const isThere = existsSync(executablePath);
  if (!isThere) process.stderr.write(`No Chromium at ${executablePath}: its tests are skipped (CHROMIUM)\n`);
  return isThere;
}

export function launchChromium(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet] });
}
