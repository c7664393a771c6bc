import { AuthError, NoTenant } from '../errors/index.js';
import type { DataLayer } from '../resources/index.js';
import type { Operation } from './operation.js';

/** What an operation is bound to, as far as one resource goes. */
export interface Tenancy {
  /** Null for a resource without tenants: its rows carry the empty tenant. */
  readonly tenant: string | null;
  /** Sees the rows of this tenant alone. */
  readonly data: DataLayer;
}

/** What was asked and found of an operation. */
export interface KnownTenancy {
  asked?: Promise<Tenancy | null>;
  found?: Tenancy | AuthError;
}

/** Which tenant an operation is of. */
export interface Tenancies {
  /** Finds it out, once per operation however many ask; null where it is of none. @throws {Outage} */
  find(operation: Operation): Tenancy | null | Promise<Tenancy | null>;
  /** As it was found. @throws {AuthError} the reason why there is none */
  of(operation: Operation): Tenancy;
  /** As it was found; null also where nobody has asked yet. */
  known(operation: Operation): Tenancy | null;
}

/** For a resource without tenants: every operation is alike, and nothing is asked. */
export class Tenantless implements Tenancies {
  readonly #tenancy: Tenancy;

  /** @param data not bound to a tenant */
  constructor(data: DataLayer) {
    this.#tenancy = { tenant: null, data: data.forTenant('') };
  }

  find(): Tenancy {
    return this.#tenancy;
  }

  of(): Tenancy {
    return this.#tenancy;
  }

  known(): Tenancy {
    return this.#tenancy;
  }
}

/**
 * The tenants of an app. What the resolver reads is the client's word: whoever is loaded, a token, a link, a flow has to say the
 * same, or it is nothing here.
 */
export class Tenants implements Tenancies {
  /**
   * @param data not bound to a tenant
   * @param ask the app, about a request; null for none
   */
  constructor(
    private readonly data: DataLayer,
    private readonly ask: (operation: Operation) => Promise<string | null>,
  ) {}

  find(operation: Operation): Promise<Tenancy | null> {
    const known = this.#known(operation);
    return (known.asked ??= this.#ask(operation, known));
  }

  of(operation: Operation): Tenancy {
    const { found } = this.#known(operation);
    if (found instanceof AuthError) throw found;
    if (found === undefined) throw new Error('Nobody has asked yet which tenant this operation is of');
    return found;
  }

  known(operation: Operation): Tenancy | null {
    const { found } = this.#known(operation);
    return found === undefined || found instanceof AuthError ? null : found;
  }

  /** For a call from code, which says itself whose it is. @throws {TypeError} where the operation is another tenant's */
  async assign(operation: Operation, tenant: string): Promise<void> {
    if (!isTenant(tenant)) throw new TypeError('Expected the id of a tenant: 1 to 255 bytes of text');
    const known = this.#known(operation);
    if (operation.transport === 'call' && known.asked === undefined) {
      known.asked = Promise.resolve(this.#remember(operation, known, tenant));
    } else if ((await this.find(operation))?.tenant !== tenant) {
      throw new TypeError('The context belongs to another tenant than the one given, or to none');
    }
  }

  #known({ tenancies }: Operation): KnownTenancy {
    const known = tenancies.get(this) ?? {};
    tenancies.set(this, known);
    return known;
  }

  async #ask(operation: Operation, known: KnownTenancy): Promise<Tenancy | null> {
    try {
      const answer = await this.ask(operation);
      if (answer === null || !isTenant(answer)) throw new NoTenant();
      return this.#remember(operation, known, answer);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      known.found = error;
      return null;
    }
  }

  #remember(operation: Operation, known: KnownTenancy, tenant: string): Tenancy {
    const tenancy = { tenant, data: this.data.forTenant(tenant) };
    known.found = tenancy;
    operation.tenant = tenant;
    return tenancy;
  }
}

const MAX_TENANT_BYTES = 255;

/**
 * What every store keeps as it is: not empty, which is what belongs to nobody, not long, no control characters; and no dots alone,
 * which a path would swallow.
 */
function isTenant(text: string): boolean {
  if (
    text === '' ||
    text === '.' ||
    text === '..' ||
    text.length > MAX_TENANT_BYTES ||
    Buffer.byteLength(text) > MAX_TENANT_BYTES
  )
    return false;
  return text.isWellFormed() && !/[\p{Cc}\uFFFD]/u.test(text);
}
