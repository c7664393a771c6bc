/**
 * A map of at most so many entries: what was asked for of late stays, what was not for longer goes. Two halves take turns, so that asking
 * moves an entry at most once until they do: a single map would be ordered anew by each question.
 */
export class LruCache<T> {
  #recent = new Map<string, T>();
  #older: ReadonlyMap<string, T> = new Map();

  constructor(private readonly maxEntries: number) {}

  get(key: string): T | undefined {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: T): void {
    if (this.#recent.size >= this.maxEntries / 2 && !this.#recent.has(key)) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, value);
  }

  clear(): void {
    this.#recent = new Map();
    this.#older = new Map();
  }
}
