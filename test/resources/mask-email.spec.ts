import { expect, it } from '@jest/globals';
import { maskEmail } from 'nest-auth-plug';

it.each([
  ['ada@example.com', 'a••@example.com'],
  ['a@example.com', 'a••@example.com'],
  ['łódź@example.com', 'ł••@example.com'],
  ['🚀rocket@example.com', '🚀••@example.com'],
  ['+44 20 7946 0018', '+••8'],
  ['', '••'],
])('%j is shown to strangers as %j', (address, masked) => {
  expect(maskEmail(address)).toBe(masked);
});
