// The plug: what success and failure look like.
export { AuthPlug, JsonAuthPlug } from './plug/index.js';

// The module: an app, who can sign in, and how.
export { AuthModule, AuthService, defineOtpApp } from './module/index.js';
export type {
  ActivityOf,
  AsyncOptions,
  CallOptions,
  ProviderTokenOptions,
  LateOptions,
  ModuleExtras,
  OtpApp,
  OtpAppOptions,
  Performed,
  ReasonOf,
  SignInOptions,
  TenantOptions,
  TypedOtpApp,
} from './module/index.js';
export { createAuthHandler } from './module/index.js';
export type { AuthHandler, AuthHandlerOptions, ExpressHandler, FastifyHandler, FastifyHost } from './module/index.js';
export { AUTH_CLOCK, AUTH_LOG, AUTH_SECRETS, DATA_LAYER } from './module/index.js';
export { tenantFromHeader, tenantFromHost, tenantFromPath } from './contexts/index.js';
export type { TenantRequest, TenantResolver } from './contexts/index.js';
export { defineResource } from './resources/index.js';
export type {
  AnyResource,
  ClaimsOf,
  DefineTypedResource,
  FieldKind,
  KeyFieldOption,
  Resource,
  ResourceField,
  ResourceKey,
  ResourceLimits,
  ResourceOptions,
  SecondFactorPolicy,
  SecondFactorPolicyOf,
  SessionOptions,
  TypedResource,
} from './resources/index.js';

// Guards and decorators.
export { BearerUserGuard, SessionUserGuard, UserGuard } from './guards/index.js';
export { CurrentContext, CurrentSignIn, CurrentToken, CurrentUser } from './guards/index.js';
export { OptionalUser, Public, RequireFresh, RequireScopes, RequireSecondFactor } from './guards/index.js';
export { StepUpRequired } from './guards/index.js';
export type { GuardScope, RequireFreshOptions, StepUpChallenge } from './guards/index.js';
export { LoadFromBearer, LoadFromSession } from './guards/index.js';

// The contract: for strategies and add-ons of one's own.
export {
  AuthReply,
  definePhase,
  flag,
  identity,
  injected,
  json,
  optionalText,
  PROVIDER_TOKEN,
  secret,
  text,
} from './strategy/index.js';
export type {
  Account,
  Accounts,
  Activity,
  ActivityIn,
  AddOn,
  Asked,
  Attempt,
  AuthContext,
  AuthEvent,
  Client,
  Configured,
  Cookies,
  Draft,
  Ended,
  Field,
  FieldOptions,
  Fields,
  Flow,
  FlowOptions,
  Flows,
  HeaderCredential,
  Inject,
  Injected,
  InjectedRef,
  InputOf,
  JsonObject,
  LimitRule,
  LimitUntil,
  Limits,
  MadeSignIn,
  Mailbox,
  Method,
  Opened,
  Outcome,
  Pending,
  Performs,
  Phase,
  Presented,
  Proof,
  ProviderToken,
  RawInput,
  ReasonIn,
  Remembered,
  ResourceFacts,
  Room,
  RoomActivity,
  RoomColumn,
  RouteOptions,
  Routes,
  SafeHtml,
  SealedAbout,
  SignIn,
  SignInSummary,
  Strategy,
  StrategyContext,
  TokenAbout,
  TokenFacts,
  TokenIssuer,
  UserChange,
  Vault,
  WhichSignIns,
  WrittenAccount,
} from './strategy/index.js';

// The port to the data, for adapters of one's own.
export { maskEmail } from './resources/index.js';
export type {
  Column,
  ColumnType,
  DataLayer,
  DataLayerAdapter,
  KeyField,
  KeyKind,
  Model,
  OpenDataLayer,
  Page,
  Row,
  Scalar,
  SignInJoin,
  Subject,
  Where,
} from './resources/index.js';

// Ports to the rest of the world.
export type { DescribeRoute, Log, PhaseRoute } from './activities/index.js';
export type { BreachCheck } from './breach-checks/index.js';
export type { HashProvider, HashVerifier } from './hash-providers/index.js';
export { mailText } from './senders/index.js';
export type { ProviderNotice } from './senders/index.js';
export type {
  Deliver,
  DeliveryRef,
  MailText,
  MailTexts,
  MailWords,
  Message,
  MessageContents,
  MessageDelivery,
  MessageOf,
  MessagePurpose,
  NewMessage,
  PasskeyContents,
  Send,
  Sender,
  SenderRef,
  SignInNotice,
} from './senders/index.js';
export { Secret } from './secrets/index.js';
export type { SecretSource, SecretTexts } from './secrets/index.js';
export type { Clock } from './time/index.js';
export type {
  SigningAlgorithm,
  SigningKeySource,
  SigningKeyText,
  SigningKeyTexts,
  SigningOptions,
} from './tokens/index.js';

// Refusals and outages.
export {
  AuthError,
  AuthenticationFailed,
  ConfigurationInvalid,
  CrossSiteRefused,
  FreshSignInRequired,
  InvalidInput,
  InvalidToken,
  LastFactor,
  LastWayIn,
  LimitExceeded,
  MethodNotAllowed,
  NoTenant,
  NotFound,
  NotNullViolation,
  Outage,
  Overtaken,
  PartFailed,
  PasswordChangeRequired,
  SecondFactorRequired,
  SignInNotAllowed,
  SignInRequired,
  StoreUnavailable,
  TenantRequired,
  TooBusy,
  UniqueViolation,
} from './errors/index.js';
export type { FieldProblem, OfferedFactor, OfferedPhase, Problem } from './errors/index.js';
