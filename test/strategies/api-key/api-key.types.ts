import type { Type } from '@nestjs/common';
import { defineOtpApp, defineResource, type ActivityOf, type AuthPlug } from 'nest-auth-plug';
import { apiKey } from 'nest-auth-plug/strategies/api-key';
import type { User } from '../../users.js';

declare const plug: Type<AuthPlug<User>>;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked.
defineResource<User>({ ...of, strategies: [apiKey({ prefix: 'acme' }), apiKey({ prefix: 'bot', name: 'bot-key' })] });

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a key has a prefix
    apiKey({}),
  ],
});

const users = defineResource<User>()({ ...of, strategies: [apiKey({ prefix: 'bot', name: 'bot-key' })] });
const app = defineOtpApp({ name: 'my-app', plug, resources: [users] });

export const known: ActivityOf<typeof app> = ['bot-key', 'revoke'];
// @ts-expect-error the strategy has another name
export const unknown: ActivityOf<typeof app> = ['api-key', 'revoke'];
