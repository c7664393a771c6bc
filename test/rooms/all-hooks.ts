import { randomBytes } from 'node:crypto';
import {
  AuthenticationFailed,
  type AddOn,
  type AuthEvent,
  type Ended,
  type Model,
  type Proof,
  type StrategyContext,
  type Subject,
} from 'nest-auth-plug';
import { Faults } from './faults.js';

export const seriesModel: Model = {
  table: 'series',
  tenantField: 'tenant',
  columns: {
    id: { type: 'text' },
    tenant: { type: 'text' },
    subject: { type: 'text' },
    signInId: { type: 'text' },
    epoch: { type: 'integer' },
  },
  primaryKey: ['id'],
};
export const SERIES_COOKIE = '__Host-user-series';
export const BANNED = 'banned@example.com';

/** What the add-on saw. */
export interface Seen {
  readonly events: AuthEvent[];
  readonly ended: Ended[];
}

/**
 * An add-on that uses all seven hooks, as remember-me would: it refuses somebody, withholds a field, remembers a browser that
 * wishes it, forgets it at sign-out, knows it again, and watches.
 */
export function allHooks<U extends object>(faults = new Faults()): AddOn<U> & { readonly seen: Seen } {
  const seen: Seen = { events: [], ended: [] };
  return {
    seen,
    name: 'all-hooks',
    phases: [],
    models: [seriesModel],
    forget: async (subject, tx) => void (await tx.delete(seriesModel, { subject })),
    carries: ['rememberMe'],
    async beforeActivity(_ctx, { identity }) {
      faults.at('beforeActivity');
      if (identity === BANNED) throw new AuthenticationFailed('banned');
    },
    async changingUser(_ctx, { values }) {
      faults.at('changingUser');
      if (values['name'] === 'root') delete values['name'];
    },
    async signedIn(ctx, { subject, id: signInId, subjectEpoch: epoch }, tx) {
      faults.at('signedIn');
      if (ctx.carried['rememberMe'] !== 'on') return undefined;
      const id = randomBytes(32).toString('base64url');
      await tx.insert(seriesModel, { id, subject, signInId, epoch });
      if (ctx.cookies.writable) ctx.cookies.set(SERIES_COOKIE, id, 3600);
      return { remembered: true };
    },
    async signedOut(_ctx, ended, tx) {
      faults.at('signedOut');
      seen.ended.push(ended);
      const { subject, which, signInId } = ended;
      if (which === 'this' && signInId !== null) await tx.delete(seriesModel, { subject, signInId });
      if (which === 'all') await tx.delete(seriesModel, { subject });
    },
    async forgetBrowser(ctx) {
      faults.at('forgetBrowser');
      const id = ctx.cookies.get(SERIES_COOKIE);
      if (id === null) return;
      await ctx.data.delete(seriesModel, { id });
      ctx.cookies.clear(SERIES_COOKIE);
    },
    loadUser: async (ctx) => {
      faults.at('loadUser');
      return proofOfSeries(ctx);
    },
    observe(event) {
      seen.events.push(event);
      faults.at('observe');
    },
  };
}

async function proofOfSeries<U>(ctx: StrategyContext<U>): Promise<Proof<U> | null> {
  const id = ctx.cookies.get(SERIES_COOKIE);
  const row = id === null ? null : await ctx.data.findOne(seriesModel, { id });
  if (row === null) return null;
  const account = await ctx.accounts.find(row['subject'] as Subject); // written by `signedIn`
  if (account === null) return null;
  const effect = async (tx: StrategyContext<U>['data']) => {
    if ((await tx.delete(seriesModel, { id })) !== 1) throw new AuthenticationFailed('series_used');
  };
  return { user: account.user, subjectEpoch: Number(row['epoch']), methods: ['remembered'], factors: 1, effect };
}
