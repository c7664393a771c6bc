import { BrowserSeries } from '../../series/index.js';
import type { StrategyContext } from '../../strategy/index.js';

export const NAME = 'trusted-device';

/** The series of this resource's trusted browsers. */
export function seriesOf({ audience, clock }: StrategyContext<unknown>): BrowserSeries {
  return new BrowserSeries({ kind: NAME, audience, clock });
}

/** The one cookie of a browser that is trusted: for whoever trusted it last. */
export class TrustCookie {
  constructor(private readonly ctx: Pick<StrategyContext<unknown>, 'cookies' | 'subjectName' | 'clock'>) {}

  get value(): string | null {
    return this.ctx.cookies.get(this.#name);
  }

  /** It lives as long as the series, which it never prolongs. */
  set(value: string, { expiresAt }: { readonly expiresAt: Date }): void {
    const seconds = Math.floor((expiresAt.getTime() - this.ctx.clock.now().getTime()) / 1000);
    this.ctx.cookies.set(this.#name, value, seconds);
  }

  clear(): void {
    if (this.ctx.cookies.writable) this.ctx.cookies.clear(this.#name);
  }

  get #name(): string {
    return `__Host-${this.ctx.subjectName}-${NAME}`;
  }
}
