import { injectedBy, offUnlessSaid, type Strategy } from '../../strategy/index.js';
import { Authorization } from './authorization.js';
import { findProblems } from './common.check.js';
import type { ResolvedCommonOptions } from './common.options.js';
import { FieldKinds } from './field-kinds.js';
import { callbackPhase, linkPhase, requestPhase, stepUpPhase } from './flow.phases.js';
import { dropIdentities, Identities } from './identities.js';
import { identitiesModel } from './identities.model.js';
import { confirmLinkPhase, linkPagePhase, listPhase, tokenPhase, unlinkPhase } from './identity.phases.js';
import { LINK_PURPOSE, LinkMails } from './link-mails.js';
import { Linking } from './linking.js';
import type { Provider } from './provider.js';
import { ProviderTokens } from './provider-tokens.js';
import { ProviderSignIn } from './sign-in.js';
import { TokenKeeping } from './token-keeping.js';

/**
 * Sign in at a provider that sends the browser back with a code: who it is, and what it says of people, is the provider's part.
 *
 * @param kinds of the fields of its resources: `check` learns them @default its own
 */
export function authorizationCode<U>(
  options: ResolvedCommonOptions,
  provider: Provider<U>,
  kinds = new FieldKinds<U>(),
): Strategy<U> {
  const { name, identityField, identity, registration, sender, onEmailMatch } = options;
  const { clientId, clientSecret, privateKey } = options;
  const parts = partsOf(options, provider, kinds);
  const { authorization, linking, mails, keeping } = parts;
  const mailed = onEmailMatch === 'confirm' ? [linkPagePhase(options, mails), confirmLinkPhase(mails)] : [];
  const kept = options.keepTokens ? [tokenPhase(new ProviderTokens(options, authorization, keeping))] : [];
  return {
    name,
    columns: { [identityField]: { type: 'text', private: false, unique: true, kind: identity } },
    registers: registration === 'open' ? [identityField] : undefined,
    models: [identitiesModel],
    purposes: [LINK_PURPOSE],
    senders: sender === undefined ? undefined : Object.fromEntries(MESSAGES.map((message) => [message, sender])),
    injects: injectedBy({ clientId, clientSecret, privateKey }),
    routes: offUnlessSaid(
      kept.map((phase) => phase.name),
      options.routes,
    ),
    phases: [
      requestPhase(parts),
      callbackPhase(parts),
      linkPhase(parts),
      stepUpPhase(parts),
      listPhase(options, linking),
      unlinkPhase(linking),
      ...mailed,
      ...kept,
    ],
    async check(resource) {
      kinds.learn(resource);
      const where = `resources.${resource.subjectName}.strategies.${name}`;
      return [...(await findProblems(options, resource)), ...((await provider.check?.(where, resource)) ?? [])];
    },
    forget: dropIdentities,
    waysIn: async (user, ctx, data) => (await linking.identities.of(ctx, ctx.accounts.subjectOf(user), data)).length,
  };
}

const MESSAGES = ['identity-link', 'identity-linked', 'identity-unlinked'] as const;

function partsOf<U>(options: ResolvedCommonOptions, provider: Provider<U>, kinds: FieldKinds<U>) {
  const authorization = new Authorization<U>(options, provider);
  const keeping = new TokenKeeping<U>(options);
  const linking = new Linking<U>(options, new Identities<U>(options.name), keeping);
  const mails = new LinkMails<U>(options, linking);
  const signIn = new ProviderSignIn<U>(options, linking, mails, keeping, kinds.of);
  return { options, provider, authorization, keeping, linking, mails, signIn };
}
