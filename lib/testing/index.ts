export { authTestApp } from './auth-test-app.js';
export type { AuthTestApp, AuthTestAppOptions, Platform } from './auth-test-app.js';
export { Client } from './client.js';
export type { ClientAnswer, ClientRequest } from './client.js';
export { FakeClock } from './fake-clock.js';
export { Outbox } from './outbox.js';
export { fakeProvider } from './provider/fake-provider.js';
export type { FakeProvider } from './provider/fake-provider.js';
export type {
  FakeProviderOptions,
  LogoutTokenOptions,
  ProviderPaths,
  ProviderRequest,
} from './provider/fake-provider.options.js';
export type { SentBack } from './provider/browser.js';
export type { ProviderClient } from './provider/provider-client.js';
export type { PublishedKey, Signer } from './provider/provider-keys.js';
export type { ProviderAnswer, ProviderEndpoint, ProviderFault, ProviderLies } from './provider/provider-lies.js';
export { dataLayerContract } from './contracts/data-layer-contract.js';
export { strategyContract } from './contracts/strategy-contract.js';
export type { StrategyCheck, StrategyContract } from './contracts/strategy-contract.js';
export type { AlikeInputs, StrategyContractOptions } from './contracts/strategy-options.js';
