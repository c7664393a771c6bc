/** The text in a public field of a user; empty where there is none. */
export function textOf(user: unknown, field: string): string {
  const value: unknown = typeof user === 'object' && user !== null ? Reflect.get(user, field) : undefined;
  return typeof value === 'string' ? value : '';
}
