import { ServiceUnavailableException } from '@nestjs/common';
import { announceOutage } from '../contexts/index.js';
import { Outage } from '../errors/index.js';

/** What is thrown for what a look-up threw: what does not answer is no refusal. An outage is announced by `Retry-After`. */
export function unavailable(adapter: Parameters<typeof announceOutage>[0], response: object, error: unknown): unknown {
  announceOutage(adapter, response, error);
  return error instanceof Outage ? new ServiceUnavailableException() : error;
}
