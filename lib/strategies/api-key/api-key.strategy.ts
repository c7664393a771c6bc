import {
  offUnlessSaid,
  type Phase,
  type Presented,
  type Routes,
  type Strategy,
  type StrategyContext,
} from '../../strategy/index.js';
import { ApiKeyActions } from './api-key.actions.js';
import { ApiKeyCredential } from './api-key.credential.js';
import type { ResolvedApiKeyOptions } from './api-key.options.js';
import { issuePhase, listPhase, renamePhase, revokePhase } from './api-key.phases.js';
import { apiKeysModel, dropKeys } from './api-key.rows.js';

/**
 * Keys for programs that act for their owner. No `waysIn`: a key enters no phase, so nobody comes back to an account by one.
 */
export class ApiKeyStrategy<U> implements Strategy<U> {
  readonly name: string;
  readonly phases: readonly Phase<U>[];
  readonly routes: Routes;
  readonly credentialHeader: string;
  readonly models = [apiKeysModel];
  readonly forget = dropKeys;
  readonly disabled = dropKeys;
  readonly #credential: ApiKeyCredential<U>;

  constructor(options: ResolvedApiKeyOptions) {
    const actions = new ApiKeyActions<U>(options);
    this.#credential = new ApiKeyCredential(actions);
    this.name = options.name;
    this.credentialHeader = options.header;
    this.phases = [issuePhase(actions), listPhase(actions), renamePhase(actions), revokePhase(actions)];
    this.routes = offUnlessSaid(
      this.phases.map(({ name }) => name),
      options.routes,
    );
  }

  readonly readCredential = (ctx: StrategyContext<U>): Promise<Presented<U>> => this.#credential.read(ctx);
}
