export type { Activity, ActivityIn, Performs, ReasonIn, RoomActivity } from './activity.js';
export type { AddOn, Attempt, AuthEvent, Ended, MadeSignIn, UserChange, WrittenAccount } from './add-on.js';
export type { AuthContext, Client, Cookies, HeaderCredential, Pending, SignIn, SignInSummary } from './auth-context.js';
export { AuthReply } from './auth-reply.js';
export { requireFactorOfSignIn, requireFactorShown } from './factor-shown.js';
export { flag, identity, json, optionalText, secret, text, textIn } from './fields.js';
export type { Field, FieldOptions, Fields, InputOf, JsonObject, RawInput } from './fields.js';
export type { Flow, FlowOptions, Flows } from './flows.js';
export { configured, Injected, injected, injectedBy } from './injected.js';
export type { Asked, Asker, Configured, Inject, InjectedRef } from './injected.js';
export { identityProblems } from './identity-problems.js';
export { mailedFault, mailedRoom } from './mailed-room.js';
export type { IdentityFieldOption, MailedSettings } from './mailed-room.js';
export { addressIn, MAILED_SECRET, MailedSecrets } from './mailed-secrets.js';
export type { KeptSecret, MailedContents, MailedSecretOptions, ReturnedSecret } from './mailed-secrets.js';
export { offUnlessSaid } from './off-unless-said.js';
export type { Mailbox, Outcome, Proof, Remembered } from './outcome.js';
export { definePhase } from './phase.js';
export type { Method, Phase } from './phase.js';
export { requestPhase } from './request-phase.js';
export type { Presented, ResourceFacts, Room, RoomColumn, RouteOptions, Routes, Strategy } from './room.js';
export type { SafeHtml } from './safe-html.js';
export { isScope } from './scopes.js';
export type {
  Account,
  Accounts,
  Draft,
  LimitRule,
  LimitUntil,
  Limits,
  StrategyContext,
  TokenAbout,
  TokenFacts,
  TokenIssuer,
  WhichSignIns,
} from './strategy-context.js';
export type { Opened, SealedAbout, Vault } from './vault.js';
export { PROVIDER_TOKEN } from './provider-token.js';
export type { ProviderToken } from './provider-token.js';
