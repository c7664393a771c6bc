import type { ResourceOptions, Row } from '../../resources/index.js';
import type { RawInput, Strategy } from '../../strategy/index.js';
import type { AuthTestApp, Platform } from '../auth-test-app.js';
import type { Client } from '../client.js';

/** What {@link strategyContract} is told of a strategy. */
export interface StrategyContractOptions<U extends object> {
  /** Makes the strategy: a new one for each check. */
  readonly strategy: () => Strategy<U>;
  /** More of the resource that it is tried in. @default {} */
  readonly resource?:
    Partial<Omit<ResourceOptions<U>, 'subjectName' | 'strategies' | 'maySignIn' | 'limits' | 'signIns'>> | undefined;
  /** Rows of the resource's table that are there from the start. @default [] */
  readonly accounts?: readonly Row[] | undefined;
  /** What else has to be there, such as rows of the strategy's own tables. @default nothing */
  readonly prepare?: ((app: AuthTestApp) => Promise<void>) | undefined;
  /** The phase that signs in. */
  readonly phase: string;
  /**
   * Input of that phase that signs in: new at each call, where a secret works once.
   *
   * @param browser The one that will send it, without any cookie yet: for a flow that has to begin there.
   */
  readonly input: (app: AuthTestApp, browser: Client) => RawInput | Promise<RawInput>;
  /** Whether such an input works once. @default false */
  readonly oneTime?: boolean | undefined;
  /** Inputs about an account that is there and about one that is not, between which nobody may see a difference. */
  readonly alike: readonly AlikeInputs[];
  /** @default 'express' */
  readonly platform?: Platform | undefined;
}

export interface AlikeInputs {
  readonly phase: string;
  readonly known: RawInput;
  readonly unknown: RawInput;
}
