import type { DataLayer } from '../resources/data-layer.js';
import type { JsonObject } from './fields.js';

/** What must survive until the next request: sealed, and handed to the client. A visitor gets no row. */
export interface Flows {
  /** `browser`: a cookie, and nothing else opens it. `holder`: whoever sends the handle back, cookie or field. */
  start(kind: string, data: JsonObject, options: FlowOptions): Promise<Flow>;
  /** Changes nothing: a wrong code may be tried again. @param handle @default the cookie */
  read(kind: string, handle?: string): Promise<Flow | null>;
  /** One insert of its id. @throws {InvalidToken} when it was spent before */
  spend(flow: Flow, tx?: DataLayer): Promise<void>;
}

export interface FlowOptions {
  readonly lifetimeSeconds: number;
  readonly boundTo: 'browser' | 'holder';
}

export interface Flow {
  readonly id: string;
  readonly kind: string;
  readonly handle: string;
  readonly data: JsonObject;
  readonly expiresAt: Date;
}
