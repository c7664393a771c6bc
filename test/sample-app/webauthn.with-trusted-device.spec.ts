import { it, jest } from '@jest/globals';
import { press, registerAda, signInAda } from './browsing.js';
import { addPasskey, describeWithPasskeys, signOutWithoutAutofill } from './webauthn.browsing.js';

// A browser of its own, scripts and all, on a busy machine.
jest.setTimeout(90_000);

describeWithPasskeys('who trusts the device as the passkey is shown', (visit) => {
  it('is asked for the password alone from then on', async () => {
    const { page } = visit();
    await registerAda(page);
    await addPasskey(page, 'My laptop');
    await signOutWithoutAutofill(page);
    await signInAda(page);
    await page.locator('form[data-passkey]').getByLabel('Do not ask on this device').check();
    await press(page, 'Sign in with your passkey');
    await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
    await press(page, 'Sign out');

    await signInAda(page);

    await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
  });
});
