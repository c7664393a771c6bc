import * as oauth from 'oauth4webapi';

/** Plain http, on loopback. By its name, for the library calls it deprecated so that nobody takes it elsewhere. */
export const insecure = { [Reflect.get(oauth, 'allowInsecureRequests') as symbol]: true };

/** A request for a sign-in, as it waits for the answer. */
export interface Asked {
  readonly server: oauth.AuthorizationServer;
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Party {
  readonly issuer: string;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly redirectUri: string;
}

/** A certified client of its own (`oauth4webapi`): it shows that the providers of the tests behave, without any code of this library. */
export async function ask(party: Party, more: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const issuer = new URL(party.issuer);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const [state, nonce, verifier] = [
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
    oauth.generateRandomCodeVerifier(),
  ];
  const url = new URL(String(server.authorization_endpoint));
  const parameters = {
    client_id: party.client.client_id,
    redirect_uri: party.redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { server, url, state, nonce, verifier };
}

/** @returns the claims of the ID token, and those of the user-info @throws {Error} where anything is not as it has to be */
export async function finish(party: Party, asked: Asked, answer: Readonly<Record<string, string>>) {
  const { server, state, nonce, verifier } = asked;
  const { client, authentication, redirectUri } = party;
  const parameters = oauth.validateAuthResponse(server, client, new URLSearchParams(answer), state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce });
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const sub = claims?.sub ?? '';
  const info = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  return { claims, userInfo: await oauth.processUserInfoResponse(server, client, sub, info), tokens };
}
