import { createHash, randomBytes } from 'node:crypto';
import {
  AuthenticationFailed,
  definePhase,
  optionalText,
  type Model,
  type Presented,
  type Strategy,
  type StrategyContext,
  type Subject,
} from 'nest-auth-plug';
import { Faults } from './faults.js';
import { signedInSubject } from './signed-in-subject.js';

const keysModel: Model = {
  table: 'header_keys',
  tenantField: 'tenant',
  columns: {
    keyHash: { type: 'text' },
    tenant: { type: 'text' },
    subject: { type: 'text' },
    scopes: { type: 'text' },
  },
  primaryKey: ['keyHash'],
};

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** A strategy whose credential comes in the header `x-key` of each request; somebody who is signed in makes one, to `read` unless said. */
export function headerKey<U extends object>(faults = new Faults()): Strategy<U> {
  return {
    name: 'header-key',
    models: [keysModel],
    forget: async (subject, tx) => void (await tx.delete(keysModel, { subject })),
    phases: [
      definePhase({
        name: 'create',
        methods: ['POST'],
        fields: { scopes: optionalText() },
        actor: 'user',
        async run(ctx: StrategyContext<U>, { scopes = 'read' }) {
          const key = randomBytes(32).toString('base64url');
          await ctx.data.insert(keysModel, { keyHash: hashOf(key), subject: signedInSubject(ctx), scopes });
          return { kind: 'done', result: { key } };
        },
      }),
    ],
    readCredential: async (ctx): Promise<Presented<U>> => {
      faults.at('readCredential');
      const [key, ...more] = ctx.headers.get('x-key');
      if (key === undefined) return 'absent';
      if (more.length > 0) throw new AuthenticationFailed('repeated_key');
      const keyHash = hashOf(key);
      const row = await ctx.data.findOne(keysModel, { keyHash });
      const account = row === null ? null : await ctx.accounts.find(row['subject'] as Subject); // written by `create`
      if (account === null) throw new AuthenticationFailed('unknown_key');
      const scopes = String(row?.['scopes']).split(' ');
      return { user: account.user, credentialId: keyHash.slice(0, 8), scopes: new Set(scopes) };
    },
  };
}
