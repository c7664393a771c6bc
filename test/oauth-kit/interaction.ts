import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';

export type Interaction = 'automatic' | 'pages';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Signs somebody in at the provider and asks whether the app may: by itself, or by two pages that work without JavaScript. */
export async function interact(
  provider: Provider,
  { request, response }: Exchange,
  interaction: Interaction,
  account: string,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const isAsked = interaction === 'pages' && request.method === 'GET';
  if (isAsked) return void response.writeHead(200, { 'content-type': 'text/html' }).end(pageOf(prompt.name));
  if (prompt.name === 'login') {
    const form = new URLSearchParams(await text(request));
    const login = { accountId: form.get('login') ?? account, amr: ['pwd'], acr: 'urn:test:strong' };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const STYLE = '<!doctype html><html lang="en"><meta charset="utf-8">';

function pageOf(prompt: string): string {
  return prompt === 'login'
    ? `${STYLE}<title>Provider</title><h1>Sign in at the provider</h1>
       <form method="post"><label>Name <input name="login"></label><button>Sign in</button></form>`
    : `${STYLE}<title>Provider</title><h1>May the app know who you are?</h1><form method="post"><button>Allow</button></form>`;
}
