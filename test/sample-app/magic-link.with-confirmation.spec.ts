import { expect, it } from '@jest/globals';
import { describeInBrowser, fill, heading, openMailedLink, pathOf, press } from './browsing.js';

describeInBrowser('registers by a link', (visit) => {
  it('[ASVS 7.6.2] which does nothing until its button is pressed, and nothing after that', async () => {
    const { page } = visit();
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in by a link' }).click();
    await fill(page, { 'E-mail': 'Ada@Example.com' });
    await press(page, 'Mail me a link');
    expect(await page.getByRole('status').textContent()).toContain('on its way');

    const scanner = await visit().openPage();
    await openMailedLink(scanner, 'magic-link');
    const link = scanner.url();
    await openMailedLink(page, 'magic-link');
    expect(await page.getByText('You are about to sign in as').textContent()).toContain('a••@example.com');
    await press(page, 'Sign in');
    expect([await heading(page), pathOf(page)]).toEqual(['Hello ada@example.com', '/']);

    await press(scanner, 'Sign in');
    expect(await scanner.getByRole('alert').textContent()).toContain('Ask for a new one');
    await scanner.goto(link);
    expect([pathOf(scanner), await scanner.getByRole('alert').textContent()]).toEqual([
      '/by-link',
      'This link is too old, or was used before. Ask for a new one.',
    ]);
    expect(scanner.url()).not.toContain('token');
  });
});
