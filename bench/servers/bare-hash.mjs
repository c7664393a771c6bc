// The floor of a sign-in: the password hash, and nothing around it.
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { argon2id } from '../../dist/hash-providers/argon2/index.js';
import { nestApp } from './nest.mjs';
import { PASSWORD } from './seed.mjs';

export async function start({ platform }) {
  const provider = argon2id();
  const hash = await provider.hash(PASSWORD);
  class HashController {
    async verify({ password }) {
      return { matches: await provider.verify(password, hash) };
    }
  }
  const { prototype } = HashController;
  for (const decorate of [Post('verify'), HttpCode(200)]) {
    decorate(prototype, 'verify', Object.getOwnPropertyDescriptor(prototype, 'verify'));
  }
  Body()(prototype, 'verify', 0);
  Controller()(HashController);
  return {
    ...(await nestApp({ platform, controllers: [HashController] })),
    seed: () => [{ body: { password: PASSWORD } }],
  };
}
