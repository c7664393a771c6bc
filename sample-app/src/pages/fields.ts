import { field, type Html } from 'nest-auth-plug/pages';
import { problemOf, type Query } from './problems.js';

export function emailField(query: Query): Html {
  return field({
    name: 'email',
    label: 'E-mail',
    type: 'email',
    autocomplete: 'username webauthn', // what password managers keep passwords and passkeys with
    problem: problemOf('email', query),
  });
}
