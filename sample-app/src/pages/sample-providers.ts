import { Injectable } from '@nestjs/common';
import { ROOMS } from '../auth/rooms.js';
import { Providers, type ProviderName } from '../rooms/room.js';
import { Settings } from '../settings.js';

/** Those of the rooms whose strategies are there. */
@Injectable()
export class SampleProviders extends Providers {
  override readonly all: readonly ProviderName[];

  constructor(settings: Settings) {
    super();
    const present = ROOMS.filter(({ strategy }) => strategy?.(settings) !== undefined);
    this.all = present.flatMap(({ provider }) => provider ?? []);
  }
}
