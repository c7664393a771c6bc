import { field, type Html } from 'nest-auth-plug/pages';
import { problemOf, type Query } from './problems.js';

export function emailField(query: Query): Html {
  return field({
    name: 'email',
    label: 'E-mail',
    type: 'email',
    autocomplete: 'username', // what password managers keep the password with
    problem: problemOf('email', query),
  });
}
