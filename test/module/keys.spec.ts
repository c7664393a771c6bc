import { Controller, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import {
  AUTH_CLOCK,
  AUTH_SECRETS,
  AuthModule,
  AuthService,
  ConfigurationInvalid,
  defineOtpApp,
  JsonAuthPlug,
  Secret,
  type LateOptions,
  type OtpApp,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { FakeClock } from 'nest-auth-plug/testing';
import { KeyRefresher } from '../../lib/tokens/index.js';
import { ASYMMETRIC, newJwk, publicOf } from '../tokens/signing-kit.js';
import { PASSWORD, userResource, type User } from '../users.js';

const SECRET = 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM';
const OTHER = 'bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw';

@Controller('auth')
class Plug extends JsonAuthPlug<User> {}

function app(more: Partial<OtpApp> = {}): OtpApp {
  const parts = { name: 'my-app', plug: Plug, publicUrl: 'http://localhost:3000', secrets: [SECRET], ...more };
  return defineOtpApp({ ...parts, plug: Plug, dataLayer: memoryDataLayer(), resources: [userResource().resource] });
}

/** The problems that a boot stops with, a line each. */
async function problemsOf(otpApp: OtpApp, late: LateOptions = {}): Promise<readonly string[]> {
  const imports = [AuthModule.forRootAsync(otpApp, { useFactory: () => late })];
  const nest = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });
  try {
    await nest.init();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) throw error;
    return error.problems.map(({ where, wrong }) => `${where} ${wrong}`);
  } finally {
    await nest.close();
  }
}

describe('a boot with keys', () => {
  it.each(ASYMMETRIC)('starts with good ones of %s', async (algorithm) => {
    expect(await problemsOf(app({ signing: { algorithm, keys: [newJwk(algorithm)] } }))).toEqual([]);
  });

  it('[PRJ 14] is stopped by every one that cannot be used, and by the secrets, at once', async () => {
    const keys = [publicOf(newJwk('EdDSA')), { kty: 'oct', k: 'AA' }];

    expect(await problemsOf(app({ signing: { algorithm: 'ES256', keys }, secrets: ['short'] }))).toEqual([
      'secrets[0] is shorter than 32 bytes',
      'secrets[0] has too little variety to be random',
      'signing.keys[1] is symmetric, and public keys are published beside it',
      'signing.keys[0] is a key for EdDSA',
      'signing.keys[0] has no private part',
    ]);
  });

  it('[PRJ 14] is stopped by an algorithm without keys, and by keys without an algorithm', async () => {
    expect(await problemsOf(app({ signing: { algorithm: 'ES256' } }))).toEqual(['signing.keys there is no key']);
    expect(await problemsOf(app(), { signingKeys: [newJwk('ES256')] })).toEqual([
      'signing.keys is there, and HS256 signs by `secrets` alone',
    ]);
  });

  it.each([0, -1, 0.5, 86_401, Number.NaN])(
    '[PRJ 14] is stopped by %s seconds between two readings',
    async (seconds) => {
      expect(await problemsOf(app({ keyRefreshSeconds: seconds }))).toEqual([
        'keyRefreshSeconds is no whole number from 1 to 86400',
      ]);
    },
  );

  it.each([1, 86_400])('starts with %s seconds between two readings', async (keyRefreshSeconds) => {
    expect(await problemsOf(app({ keyRefreshSeconds }))).toEqual([]);
  });
});

/** Signs somebody up, and answers which key the token names. */
async function kidNow(service: AuthService, email: string): Promise<unknown> {
  const input = { email, name: email, password: PASSWORD, passwordConfirmation: PASSWORD };
  const { token } = await service.perform(['password', 'register'], input);
  return decodeProtectedHeader(token ?? '').kid;
}

describe('keys that come late', () => {
  @Injectable()
  class Vault {
    keys = [newJwk('ES256')];
    asked = 0;
    read() {
      this.asked += 1;
      return Promise.resolve(this.keys);
    }
  }
  @Module({ providers: [Vault], exports: [Vault] })
  class VaultModule {}

  it('[ASVS 13.3.1] are asked of a provider, again while the app runs, and no more once it has closed', async () => {
    const otpApp = app({ signing: { algorithm: 'ES256' }, keyRefreshSeconds: 60 });
    const useFactory = (vault: Vault): LateOptions => ({ signingKeys: () => vault.read() });
    const imports = [AuthModule.forRootAsync(otpApp, { imports: [VaultModule], inject: [Vault], useFactory })];
    const clock = new FakeClock();
    const module = await Test.createTestingModule({ imports }).overrideProvider(AUTH_CLOCK).useValue(clock).compile();
    const nest = module.createNestApplication({ logger: false });
    await nest.init();
    const [vault, service] = [nest.get(Vault, { strict: false }), nest.get(AuthService, { strict: false })];
    const before = await kidNow(service, 'ada@example.com');

    vault.keys = [newJwk('ES256'), ...vault.keys];
    expect(await kidNow(service, 'bob@example.com')).toBe(before);
    clock.advance(60);
    await nest.get(KeyRefresher, { strict: false }).idle();
    expect(await kidNow(service, 'cyd@example.com')).not.toBe(before);

    await nest.close();
    clock.advance(600);
    expect(vault.asked).toBe(2);
  });

  it('are not asked for where a test has put others in the place of the secrets', async () => {
    let asked = 0;
    const secrets = () => [asked++ === 0 ? SECRET : OTHER];
    const clock = new FakeClock();
    const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(app({ secrets }))] })
      .overrideProvider(AUTH_CLOCK)
      .useValue(clock)
      .overrideProvider(AUTH_SECRETS)
      .useValue([new Secret(OTHER)])
      .compile();
    const nest = module.createNestApplication({ logger: false });
    await nest.init();
    clock.advance(600);
    await nest.get(KeyRefresher, { strict: false }).idle();

    expect(asked).toBe(0);
    await nest.close();
  });
});
