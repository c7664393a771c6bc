import { defineOtpApp, defineResource, injected, JsonAuthPlug, type ActivityOf } from 'nest-auth-plug';
import { oauth2 } from 'nest-auth-plug/strategies/oauth2';

interface User {
  readonly id: string;
  readonly email: string;
  readonly isStaff: boolean;
}

const told = {
  clientId: 'my-app',
  clientSecret: 'hush',
  authorizationEndpoint: 'https://acme.example/authorize',
  tokenEndpoint: 'https://acme.example/token',
  userInfo: 'https://acme.example/me',
} as const;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked.
defineResource<User>({ ...of, strategies: [oauth2(told), oauth2({ ...told, profile: { isStaff: 'staff' } })] });
defineResource<User>({
  ...of,
  strategies: [oauth2({ ...told, profile: { isStaff: (claims) => claims['staff'] === true } })],
});

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    oauth2({ ...told, profile: { nope: 'name' } }),
    // @ts-expect-error that field holds something else
    oauth2({ ...told, profile: { isStaff: () => 'yes' } }),
  ],
});

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [
    defineResource<User>()({
      ...of,
      strategies: [oauth2(told), oauth2({ ...told, name: 'asking', onEmailMatch: 'confirm', keepTokens: true })],
    }),
  ],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['oauth2', 'request'],
  ['oauth2', 'callback'],
  ['oauth2', 'link'],
  ['oauth2', 'unlink'],
  ['asking', 'confirm-link'],
  ['asking', 'provider-token'],
  // @ts-expect-error nobody is mailed
  ['oauth2', 'confirm-link'],
  // @ts-expect-error tokens are not kept
  ['oauth2', 'provider-token'],
];

class Vault {
  read(name: string): Promise<string> {
    return Promise.resolve(name);
  }
}

// What is read of a part of the app is what the option wants, and the part is known by its class.
oauth2<User>({ ...told, clientSecret: injected(Vault, (vault, { tenant }) => vault.read(tenant ?? 'all')) });
oauth2<User>({ ...told, clientId: injected('CLIENT', (id: string) => id) });
oauth2<User>({
  ...told,
  // @ts-expect-error a secret is a text
  clientSecret: injected(Vault, () => 7),
});
