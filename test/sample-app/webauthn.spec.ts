import { expect, it, jest } from '@jest/globals';
import { pathOf, press, registerAda, signInAda, typePassword } from './browsing.js';
import { addPasskey, describeWithPasskeys, signOutWithoutAutofill } from './webauthn.browsing.js';

// A browser of its own, scripts and all, on a busy machine.
jest.setTimeout(90_000);

describeWithPasskeys('a person with a browser that knows passkeys', (visit) => {
  it('adds a passkey, signs out, and signs in by it', async () => {
    const { page, key } = visit();
    await registerAda(page);
    await page.getByRole('link', { name: 'Your passkeys' }).click();
    await addPasskey(page, 'My laptop');
    expect(await page.getByRole('status').textContent()).toContain('The passkey is added');
    expect(await page.getByText('My laptop').first().isVisible()).toBe(true);
    expect(await key.credentials()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true, signCount: 1 }]);

    await signOutWithoutAutofill(page);
    await press(page, 'Use a passkey');
    await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
    expect(pathOf(page)).toBe('/');
  });

  it('is offered it where a name is typed, and in without typing one', async () => {
    const { page } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    await page.goto('/');
    await press(page, 'Sign out');

    // The authenticator answers by itself what the browser asks in the field; nobody presses a button.
    await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
  });

  it('[ASVS 6.3.3] is asked for it after the password, and goes where it was going', async () => {
    const { page } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    await signOutWithoutAutofill(page);
    await page.goto('/devices');
    await typePassword(page);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    expect(pathOf(page)).toBe('/second-step');

    await press(page, 'Sign in with your passkey');

    await page.getByRole('heading', { name: 'Your devices' }).waitFor();
    expect(pathOf(page)).toBe('/devices');
  });

  it('[ASVS 6.3.3] is not in by the password alone, nor with the wrong PIN', async () => {
    const { page, key } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    await signOutWithoutAutofill(page);
    await signInAda(page);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    const secondStep = page.url();
    await key.verifies(false);
    await press(page, 'Sign in with your passkey');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('That did not work');
    await page.goto('/');
    expect(pathOf(page)).toBe('/sign-in');

    await key.verifies(true);
    await page.goto(secondStep);
    await press(page, 'Sign in with your passkey');

    await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
  });

  it('says what is missing where it is asked for and there are no scripts', async () => {
    const { page, browser, sample } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    const still = await (await browser.newContext({ baseURL: sample.url, javaScriptEnabled: false })).newPage();

    await signInAda(still);

    expect(pathOf(still)).toBe('/second-step');
    expect(await still.getByRole('button', { name: 'Sign in with your passkey' }).isVisible()).toBe(false);
    // Chromium shows it to people; where scripts are only stopped by its protocol it keeps it hidden.
    expect(await still.locator('noscript').textContent()).toContain('A passkey needs JavaScript');
  });

  it('[ASVS 7.5.3] shows it where a page asks for something fresh, and goes on there', async () => {
    const { page, clock } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    clock.advance(5 * 60);
    await page.goto('/account/danger');
    expect(pathOf(page)).toBe('/verify');

    await press(page, 'Show your passkey');

    await page.getByRole('heading', { name: 'Danger zone' }).waitFor();
    expect(await page.getByText('Shown until now').textContent()).toMatch(/pop.*mfa/);
  });

  it('is told where it does not work: the wrong PIN, and nothing is added', async () => {
    const { page, key } = visit();
    await registerAda(page);
    await key.verifies(false);
    await page.goto('/passkeys');
    await press(page, 'Add a passkey');

    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('That did not work');
    await page.reload();
    expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0);
  });

  it('renames and removes it, without any script', async () => {
    const { page, browser, sample } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    const plain = await browser.newContext({ baseURL: sample.url, javaScriptEnabled: false });
    await plain.addCookies(await page.context().cookies());
    const still = await plain.newPage();

    await still.goto('/passkeys');
    expect(await still.getByRole('button', { name: 'Add a passkey' }).isVisible()).toBe(false);
    await still.getByLabel('Another name for My laptop').fill('Old laptop');
    await press(still, 'Rename My laptop');
    expect(await still.getByRole('status').textContent()).toContain('new name');
    await press(still, 'Remove Old laptop');
    expect(await still.getByRole('status').textContent()).toContain('The passkey is removed');
    expect(await still.getByText('Old laptop').count()).toBe(0);
  });

  it('[ASVS 3.7.2] goes to no other site, whatever the address of the page says', async () => {
    const { page, sample } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    await signOutWithoutAutofill(page);
    for (const returnTo of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
      await page.goto(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
      expect(await page.locator('form[data-passkey]').getAttribute('data-next')).toBe(returnTo);
    }
    await press(page, 'Use a passkey');
    await page.waitForURL(/localhost/);

    expect(new URL(page.url()).origin).toBe(sample.url);
  });
});
