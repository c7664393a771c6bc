// users.ts
import { defineResource } from 'nest-auth-plug';
import { marty } from './marty.strategy.js';

export interface User {
  readonly id: string;
  readonly username: string;
}

export const users = defineResource<User>({
  subjectName: 'user',
  table: 'users',
  strategies: [marty()],
});
