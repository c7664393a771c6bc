import { createHmac } from 'node:crypto';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LocalProvider, localIssuer } from '../../dev/local-provider.js';
import { Settings } from '../../settings.js';

/** What Acme's administrator would type in: the connection keeps it, so the secret is the same after a restart. */
export function acmeOf({ acmePort, secret = '' }: Settings) {
  return {
    slug: 'acme',
    displayName: 'Acme Corporation',
    domains: 'acme.example',
    issuer: localIssuer(acmePort),
    clientId: 'sample-app',
    clientSecret: createHmac('sha256', secret).update('acme').digest('base64url'),
  };
}

/** The provider of a customer, in development. In production customers have their own. */
@Injectable()
export class AcmeServer implements OnModuleInit, OnApplicationShutdown {
  readonly #provider: LocalProvider | null;

  constructor(settings: Settings) {
    const { clientId, clientSecret, domains: mailDomain } = acmeOf(settings);
    const { acmePort: port, publicUrl } = settings;
    const redirectUri = `${publicUrl}/auth/user/sso/callback`;
    this.#provider = settings.isProduction
      ? null
      : new LocalProvider({ port, clientId, clientSecret, redirectUri, mailDomain });
  }

  async onModuleInit(): Promise<void> {
    await this.#provider?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#provider?.stop();
  }
}
