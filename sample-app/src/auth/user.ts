/** What a guard loads, and `@CurrentUser()` hands to a route. No hash and no other secret is among it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
}
