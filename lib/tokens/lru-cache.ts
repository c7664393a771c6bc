/** A map that forgets what was asked for longest ago. */
export class LruCache<T> {
  readonly #entries = new Map<string, T>();

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    // A map keeps the order of insertion: what was used last goes to the end, what is first goes out.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [first] = this.#entries.keys();
    if (this.#entries.size > this.maxEntries && first !== undefined) this.#entries.delete(first);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
