import { describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { platformAdapter } from '../../lib/module/platform-adapter.js';

const absent = () => Promise.reject(new Error('Cannot find package'));

describe.each<Platform>(['express', 'fastify'])("Nest's adapter for %s", (platform) => {
  it('is there where its package is', async () => {
    expect((await platformAdapter(platform)).getType()).toBe(platform);
  });

  it('says what to install where it is not', async () => {
    const missing = platformAdapter(platform, { express: absent, fastify: absent });

    await expect(missing).rejects.toThrow(ConfigurationInvalid);
    await expect(missing).rejects.toThrow(`npm install @nestjs/platform-${platform}`);
  });
});
