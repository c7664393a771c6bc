export { authTestApp } from './auth-test-app.js';
export type { AuthTestApp, AuthTestAppOptions, Platform } from './auth-test-app.js';
export { Client } from './client.js';
export type { ClientAnswer, ClientRequest } from './client.js';
export { FakeClock } from './fake-clock.js';
export { Outbox } from './outbox.js';
export { dataLayerContract } from './contracts/data-layer-contract.js';
