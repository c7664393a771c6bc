interface KnownLoad {
  readonly by: object;
  readonly credential: string;
  readonly loading: unknown;
}

/** What was loaded in one operation, by credential and by whoever loads: a handful at most, so that a list is faster than maps. */
export class KnownLoads {
  #loads: readonly KnownLoad[] = [];

  /** Undefined where nobody has asked. */
  get(by: object, credential: string): unknown {
    return this.#loads.find((load) => load.by === by && load.credential === credential)?.loading;
  }

  set(by: object, credential: string, loading: unknown): void {
    const others = this.#loads.filter((load) => load.by !== by || load.credential !== credential);
    this.#loads = [...others, { by, credential, loading }];
  }

  forget(by: object): void {
    this.#loads = this.#loads.filter((load) => load.by !== by);
  }
}
