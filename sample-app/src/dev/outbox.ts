import { Injectable } from '@nestjs/common';
import { Outbox as KeptMessages } from 'nest-auth-plug/testing';
import { CannotStart, Settings } from '../settings.js';

/**
 * Keeps what would have been mailed, for `/dev/outbox`. In an app of yours a `Sender` stands here that mails: a provider with
 * `async send({ purpose, to, link })`.
 */
@Injectable()
export class Outbox extends KeptMessages {
  constructor({ isProduction }: Settings) {
    super();
    // Its links work. Whoever can see them can take accounts over.
    if (isProduction) throw new CannotStart(NO_SENDER);
  }
}

const NO_SENDER =
  'NODE_ENV=production: there is no way to mail yet, only the outbox of development. Write a Sender that mails, and put it ' +
  'in the place of sample-app/src/dev/outbox.ts';
