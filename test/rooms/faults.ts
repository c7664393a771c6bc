/** Where a part throws, and how often it was there: parts of test rooms call `at` in each of their steps. */
export class Faults {
  readonly visited: string[] = [];
  #armed: { readonly place: string; readonly error: unknown } | null = null;

  /** The next visit to the place throws, once. */
  arm(place: string, error: unknown = new Error(`${place} is broken`)): void {
    this.#armed = { place, error };
  }

  disarm(): void {
    this.#armed = null;
  }

  get isArmed(): boolean {
    return this.#armed !== null;
  }

  at(place: string): void {
    this.visited.push(place);
    if (this.#armed?.place !== place) return;
    const { error } = this.#armed;
    this.#armed = null;
    throw error;
  }
}
