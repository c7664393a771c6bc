import type { Provider, Type } from '@nestjs/common';
import type { AddOn, AuthContext, AuthReply, Strategy } from 'nest-auth-plug';
import type { Html } from 'nest-auth-plug/pages';
import type { User } from '../auth/user.js';
import type { Query, Said } from '../pages/problems.js';
import type { Settings } from '../settings.js';

/**
 * What one room adds to this app. It stands in a file or folder of its own, which knows no other room; removing it is removing
 * that and its line in `index.ts`.
 */
export interface SampleRoom {
  /** Undefined where these settings are without it. */
  readonly strategy?: (settings: Settings) => Strategy<User> | undefined;
  readonly addOn?: (settings: Settings) => AddOn<User>;
  /** It sees to it that an address is its user's. */
  readonly confirmsAddresses?: true;
  /**
   * It lets in whoever reads the mail of an address. Where nobody confirms those that others typed in, one person would get into the account
   * that another made with that address, so the app is without this room there. (The framework would not start.)
   */
  readonly needsConfirmedAddresses?: true;
  /** Where its strategy sends people to sign in: while it is there, the page to sign in has a button, and that of linked accounts a form. */
  readonly provider?: ProviderName;
  /** Of the environment, without which its strategy is not there: all are set, or none. */
  readonly variables?: readonly string[];
  /** Its forms, by activity: `password sign-in`. */
  readonly forms?: Readonly<Record<string, FormPlace>>;
  /** Its own pages. */
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  /**
   * A form on the page to sign in. Labels are found by name in tests: a room whose form has those of another has a page of its own.
   * @param more what every form that signs in has as well: {@link SignInFields}
   */
  readonly signInForm?: (query: Query, more: readonly Html[]) => Html;
  /** On the page for the second step, for whoever has the factor of this strategy. Labels as for `signInForm`. */
  readonly secondStep?: StrategyForm;
  /** Inputs for every form that signs in, of any room: a checkbox to be remembered, say. */
  readonly signInFields?: (query: Query) => Html;
  /** On the page for stepping up: what somebody who is signed in shows once more, at the phase `verify` of this strategy. */
  readonly verifies?: StrategyForm;
  /** Inputs for every form of a second step, of any factor. */
  readonly secondStepFields?: () => Html;
  /** Modules that add to its forms on the pages to sign in, for the second step and for stepping up, which work without them. */
  readonly scripts?: readonly string[];
  /** Below the forms of the page to sign in. */
  readonly signInLinks?: readonly Link[];
  /** On the home page of whoever is signed in. */
  readonly homeLinks?: readonly Link[];
  readonly home?: (user: User) => Html;
  /** Below the list of somebody's devices. */
  readonly belowDevices?: () => Html;
  /** Words for the notices and refusals that its forms lead to, on the pages that belong to none of them. */
  readonly said?: Said;
}

/** What one strategy has on a page for several. */
export interface StrategyForm {
  readonly strategy: string;
  /** @param more what every form of the page has as well */
  readonly form: (query: Query, more: readonly Html[]) => Html;
}

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** Where a form is, and where it leads. */
export interface FormPlace {
  /** The page on which it stands: a refusal leads back there. */
  readonly page: string;
  /** The page that follows, or an answer made of what the phase came to. */
  readonly next: string | ((ctx: AuthContext) => AuthReply);
}

/** Somewhere else that people have accounts. */
export interface ProviderName {
  /** Of the strategy. */
  readonly name: string;
  readonly label: string;
}

/** Where people can come from, as the settings have it. A provider of Nest's: rooms cannot ask each other. */
export abstract class Providers {
  abstract readonly all: readonly ProviderName[];
}

/** What every form that signs in has beside its own fields. A provider: rooms cannot ask each other. */
export abstract class SignInFields {
  abstract of(query: Query): readonly Html[];
}
