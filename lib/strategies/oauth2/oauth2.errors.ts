import { AuthenticationFailed, AuthError, Outage } from '../../errors/index.js';

/**
 * The provider gave no answer that could be used: none in time, too long a one, a redirect, an error of its own. It says nothing about
 * who is asking; they may try again.
 */
export class ProviderFailed extends AuthError {
  readonly code = 'ERR_PROVIDER_FAILED';

  constructor(reason: string) {
    super('The provider did not answer as it should, try again later', reason);
  }
}

/** Why somebody did not get in by a provider. For logs and events: the answer is the same for all. */
export type OAuthFailure =
  | 'no_flow'
  | 'state_mismatch'
  | 'flow_of_another_provider'
  | 'provider_error'
  | 'no_uid'
  | 'no_address'
  | 'unknown_identity'
  | 'address_taken'
  | 'confirmation_sent'
  | 'second_identity'
  | 'identity_gone'
  | 'another_identity'
  | 'overtaken'
  | 'no_provider_tokens'
  | 'provider_token_expired';

export function fail(reason: OAuthFailure): never {
  throw new AuthenticationFailed(reason);
}

/** Names of errors in the library's constants, RFC 6749 §5.2 and §4.1.2.1: what is not spelt like one stays out of logs. */
const WORD = /^[a-z][a-z0-9_]{0,63}$/i;

/**
 * What a step against a provider comes to. Whatever the library finds wrong with an answer refuses the sign-in; nothing that the provider
 * said is in the error.
 *
 * @throws {AuthenticationFailed} for a wrong answer @throws {ProviderFailed} where there was none @throws {Outage}
 */
export async function checkedAnswer<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof AuthError || error instanceof Outage) throw error;
    throw isServerError(error) ? new ProviderFailed('provider_status') : new AuthenticationFailed(wordOf(error));
  }
}

/** The library keeps a response of an unexpected status as the cause. */
function isServerError(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Response && error.cause.status >= 500;
}

/** `oauth_response_body_error.invalid_grant`. */
function wordOf(error: unknown): string {
  const words = ['code', 'error'].map((name) => memberOf(error, name)).filter((word) => WORD.test(word));
  return words.length === 0 ? 'provider_answer' : words.join('.').toLowerCase();
}

function memberOf(error: unknown, name: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}
