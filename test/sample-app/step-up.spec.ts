import { expect, it } from '@jest/globals';
import { Client, FakeClock } from 'nest-auth-plug/testing';
import { startSampleAt } from './start-sample.js';

const PASSWORD = 'a pear tree in the valley';
const ADA = { email: 'ada@example.com', password: PASSWORD, passwordConfirmation: PASSWORD };
const HTML = { accept: 'text/html' };

it('the danger zone of the sample app asks for the password again, and leads back', async () => {
  const clock = new FakeClock();
  const sample = await startSampleAt(clock);
  const person = new Client(sample.url);
  const whereTo = async (answer: ReturnType<Client['get']>) => (await answer).headers.get('location');
  const verify = (password: string) =>
    person.post('/auth/user/password/verify', {
      form: { password, returnTo: '/account/danger' },
      headers: { origin: sample.url },
    });
  await person.post('/auth/user/password/register', { json: ADA });
  const soon = await person.get('/account/danger', { headers: HTML });
  clock.advance(5 * 60);

  const asked = await whereTo(person.get('/account/danger', { headers: HTML }));
  const page = await person.get(asked ?? '', { headers: HTML });
  const wrong = await whereTo(verify('wrong'));
  const told = await person.get(wrong ?? '', { headers: HTML });
  const right = await whereTo(verify(PASSWORD));
  const late = await person.get('/account/danger', { headers: HTML });
  const program = await (async () => {
    clock.advance(5 * 60);
    return person.get('/account/danger', { headers: { accept: 'application/json' } });
  })();
  await sample.close();

  expect([soon.status, late.status]).toEqual([200, 200]);
  expect(asked).toBe('/verify?returnTo=%2Faccount%2Fdanger&by=password');
  expect(page.text).toContain('action="/auth/user/password/verify"');
  expect(wrong).toBe('/verify?by=password&problem=ERR_AUTHENTICATION_FAILED&returnTo=%2Faccount%2Fdanger');
  expect(told.text).toMatch(/role="alert"/);
  expect(right).toBe('/account/danger');
  expect(program).toMatchObject({ status: 401, body: { code: 'ERR_STEP_UP_REQUIRED' } });
});
