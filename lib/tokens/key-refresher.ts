import type { Problem } from '../errors/index.js';
import { every, type Clock } from '../time/index.js';

/** One source of keys that can be asked again. */
export interface RefreshedKeys {
  /** The option, such as `secrets`. */
  readonly where: string;
  /** Asks the source, and changes nothing yet. */
  read(): Promise<KeysRead>;
}

/** What a source answered. */
export interface KeysRead {
  readonly problems: readonly Problem[];
  /** Puts the keys into force. Called where there is no problem. @returns whether they are others than before */
  readonly take: () => boolean;
}

/** Options of {@link KeyRefresher}. */
export interface KeyRefresherOptions {
  readonly sources: readonly RefreshedKeys[];
  readonly clock: Clock;
  readonly intervalSeconds: number;
  readonly log: { error(line: string): void; info(line: string): void };
}

/**
 * Asks the sources of keys again and again, outside of any request. What cannot be used changes nothing: the keys from before stay in
 * force, and the log says so once.
 */
export class KeyRefresher {
  readonly #rounds: readonly Round[];
  #stop: (() => void) | null = null;

  constructor(private readonly options: KeyRefresherOptions) {
    this.#rounds = options.sources.map((source) => new Round(source, options));
  }

  /** The first round comes after one interval. */
  start(): void {
    const { clock, intervalSeconds } = this.options;
    if (this.#rounds.length === 0) return;
    this.#stop ??= every(clock, intervalSeconds, () => this.#rounds.forEach((round) => round.begin()));
  }

  /** No more rounds. What a source still answers is not taken. */
  stop(): void {
    this.#stop?.();
    this.#stop = null;
    for (const round of this.#rounds) round.abandon();
  }

  /** Resolves when every source that was asked has answered. */
  async idle(): Promise<void> {
    for (const round of this.#rounds) await round.reading;
  }
}

/** The rounds of one source. */
class Round {
  reading: Promise<void> | null = null;
  /** What was reported last: the same again is no news. */
  #reported: string | null = null;

  constructor(
    private readonly source: RefreshedKeys,
    private readonly options: Pick<KeyRefresherOptions, 'intervalSeconds' | 'log'>,
  ) {}

  /** A source that has not answered by now is asked anew, and its late answer taken no more. */
  begin(): void {
    if (this.reading !== null) this.#report(`did not answer within ${this.options.intervalSeconds} seconds`);
    const reading: Promise<void> = this.#read(() => this.reading === reading).finally(() => {
      if (this.reading === reading) this.reading = null;
    });
    this.reading = reading;
  }

  abandon(): void {
    this.reading = null;
  }

  async #read(isWanted: () => boolean): Promise<void> {
    try {
      const { problems, take } = await this.source.read();
      if (!isWanted()) return;
      if (problems.length > 0) this.#report(`cannot be used: ${problems.map(lineOf).join('; ')}`);
      else this.#took(take());
    } catch (error) {
      // Its message may hold what it is about.
      if (isWanted())
        this.#report(`could not be read: ${error instanceof Error ? error.name : 'something was thrown'}`);
    }
  }

  #took(areOthers: boolean): void {
    if (areOthers || this.#reported !== null) this.options.log.info(`${this.source.where}: read again, and in force`);
    this.#reported = null;
  }

  #report(wrong: string): void {
    if (this.#reported === wrong) return;
    this.#reported = wrong;
    this.options.log.error(`${this.source.where} ${wrong}. The keys from before stay in force`);
  }
}

function lineOf({ where, wrong }: Problem): string {
  return `${where} ${wrong}`;
}
