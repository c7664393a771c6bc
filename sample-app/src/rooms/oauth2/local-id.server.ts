import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LocalProvider, localIssuer } from '../../dev/local-provider.js';
import { Settings } from '../../settings.js';

/** What the app and the provider know each other by; a new secret at each start, since they start together. */
export const LOCAL_ID = { clientId: 'sample-app', clientSecret: randomBytes(32).toString('base64url') } as const;

export function localIdIssuer({ localIdPort }: Settings): string {
  return localIssuer(localIdPort);
}

/** "Local ID" of development. In production there is none. */
@Injectable()
export class LocalIdServer implements OnModuleInit, OnApplicationShutdown {
  readonly #provider: LocalProvider | null;

  constructor({ isProduction, localIdPort: port, publicUrl }: Settings) {
    const redirectUri = `${publicUrl}/auth/user/local-id/callback`;
    const options = { ...LOCAL_ID, port, redirectUri, mailDomain: 'local-id.example' };
    this.#provider = isProduction ? null : new LocalProvider(options);
  }

  async onModuleInit(): Promise<void> {
    await this.#provider?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#provider?.stop();
  }
}
