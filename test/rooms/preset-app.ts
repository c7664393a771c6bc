import type { Strategy } from 'nest-auth-plug';
import {
  fakeProvider,
  type ClientAnswer,
  type FakeProvider,
  type FakeProviderOptions,
  type Platform,
} from 'nest-auth-plug/testing';
import { mailedApp, type Addressee, type MailedApp, type MailedAppOptions } from './mailed-app.js';

/** What every preset of a test is told. */
export const COMMON = {
  clientId: 'test-client',
  clientSecret: 'a secret of the app at the provider',
  registration: 'open',
  profile: { name: 'name' },
  calls: { allowHttpOnLoopback: true },
} as const;

export interface PresetApp extends MailedApp {
  readonly provider: FakeProvider;
  /** There and back, in a new browser. */
  signIn(): Promise<ClientAnswer>;
}

/** An app with one strategy for a well-known provider, and a fake one in the place of that. */
export async function presetApp(
  platform: Platform,
  strategyAt: (provider: FakeProvider) => Strategy<Addressee>,
  options: FakeProviderOptions = {},
  more: Pick<MailedAppOptions, 'imports'> = {},
): Promise<PresetApp> {
  const provider = await fakeProvider({ clientSecret: COMMON.clientSecret, ...options });
  const strategy = strategyAt(provider);
  const app = await mailedApp({ ...more, platform, strategies: () => [strategy] });
  provider.clock = app.clock;
  const close = async () => {
    await app.close();
    await provider.close();
  };
  const signIn = () => provider.signIn(app.client(), `/auth/user/${strategy.name}`);
  return { ...app, provider, close, signIn };
}

/** What the provider was asked for in the browser, and by the app. */
export function asked({ provider }: Pick<PresetApp, 'provider'>, path: string) {
  return provider.received.findLast((request) => request.path === path)?.parameters ?? {};
}
