import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, heading, press, registerAda } from './browsing.js';

describeInBrowser('who keeps recovery codes of the sample app', (visit) => {
  async function codesOn(page: Page): Promise<readonly string[]> {
    return page.locator('code').allTextContents();
  }

  it('sees ten this once, and downloads them without a script', async () => {
    const { page } = visit();
    await registerAda(page);
    await page.getByRole('link', { name: 'Recovery codes' }).click();
    expect(await page.locator('main').textContent()).toContain('Codes that are left: 0.');
    await press(page, 'Make new codes');
    expect(await heading(page)).toBe('Your new recovery codes');
    const codes = await codesOn(page);
    expect(codes).toHaveLength(10);

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download them' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('recovery-codes.txt');
    const kept = await readFile(await download.path(), 'utf8');
    expect(kept.split('\n').filter((line) => /^[0-9A-Z-]{19}$/.test(line))).toEqual(codes);

    await page.goto('/recovery-codes');
    expect(await page.locator('main').textContent()).toContain('Codes that are left: 10.');
    expect(await codesOn(page)).toEqual([]);
    await press(page, 'Make new codes');
    expect((await codesOn(page)).filter((code) => codes.includes(code))).toEqual([]);
  }, 60_000);
});
