import type { Column, Row, Scalar, Subject } from '../resources/index.js';

/** What a stateless sign-in carries instead of a row. */
export interface SealedState {
  /** Public fields as they were when somebody signed in. */
  readonly user: Row;
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  readonly secondFactorAt: Date | null;
  readonly actor: Subject | null;
  readonly remembered: boolean;
}

type Columns = Readonly<Record<string, Column>>;
type Packed = readonly [
  user: Readonly<Record<string, string | number | boolean | null>>,
  methods: readonly string[],
  authenticatedAt: number,
  secondFactorAt: number | null,
  actor: Subject | null,
  remembered: boolean,
];

/** As text, to be sealed. */
export function packState({ user, methods, authenticatedAt, secondFactorAt, actor, remembered }: SealedState): string {
  const fields = Object.entries(user).map(([field, value]) => [field, packValue(value)]);
  const packed = [
    Object.fromEntries(fields),
    methods,
    authenticatedAt.getTime(),
    secondFactorAt?.getTime() ?? null,
    actor,
    remembered,
  ];
  return JSON.stringify(packed);
}

/**
 * @param columns of the user's table: what tells a time from a number
 * @param packed what {@link packState} made, and a seal has kept
 */
export function unpackState(columns: Columns, packed: string): SealedState {
  // authenticated: see above
  const [fields, methods, authenticatedAt, secondFactorAt, actor, remembered] = JSON.parse(packed) as Packed;
  const user: Record<string, Scalar> = fields; // parsed a moment ago, and nobody else's
  for (const field of Object.keys(fields)) user[field] = unpackValue(columns[field], fields[field] ?? null);
  return {
    user,
    methods,
    authenticatedAt: new Date(authenticatedAt),
    secondFactorAt: secondFactorAt === null ? null : new Date(secondFactorAt),
    actor,
    remembered,
  };
}

function packValue(value: Scalar): string | number | boolean | null {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url');
  return typeof value === 'bigint' ? String(value) : value;
}

function unpackValue(column: Column | undefined, value: string | number | boolean | null): Scalar {
  if (value === null) return null;
  if (column?.type === 'time') return new Date(Number(value));
  if (column?.type === 'bigint') return BigInt(value);
  return column?.type === 'bytes' ? new Uint8Array(Buffer.from(String(value), 'base64url')) : value;
}
