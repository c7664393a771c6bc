import type { CDPSession, Page } from 'playwright-core';

/** What an authenticator holds, private key and all. */
export interface VirtualCredential {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
}

export interface VirtualOptions {
  /** Whether it can make sure of its owner. @default true */
  readonly hasUserVerification?: boolean;
}

/** The authenticator of a browser, in software: what a device has built in. */
export class VirtualAuthenticator {
  constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async in(page: Page, { hasUserVerification = true }: VirtualOptions = {}): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification,
    } as const;
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async credentials(): Promise<readonly VirtualCredential[]> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', {
      authenticatorId: this.authenticatorId,
    });
    return credentials;
  }

  /** Puts a credential in that another one has: who does so has copied the key. */
  async copy(credential: VirtualCredential): Promise<void> {
    await this.session.send('WebAuthn.addCredential', { authenticatorId: this.authenticatorId, credential });
  }

  /** Whether its owner types the right PIN. */
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }
}
