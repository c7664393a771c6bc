import { field, type Html } from 'nest-auth-plug/pages';
import { problemOf, type Query } from '../../pages/problems.js';

export function newPasswordFields(query: Query): readonly Html[] {
  return [
    field({
      name: 'password',
      label: 'New password',
      type: 'password',
      autocomplete: 'new-password',
      hint: 'At least 8 characters. A short sentence is good.',
      problem: problemOf('password', query),
    }),
    field({
      name: 'passwordConfirmation',
      label: 'The same once more',
      type: 'password',
      autocomplete: 'new-password',
      problem: problemOf('passwordConfirmation', query),
    }),
  ];
}
