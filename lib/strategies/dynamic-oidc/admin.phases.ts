import { definePhase, optionalText, type Field, type Phase } from '../../strategy/index.js';
import type { ConnectionAdmin, NewConnection } from './admin.actions.js';
import {
  clientAuthenticationField,
  clientIdField,
  clientSecretField,
  connectionField,
  displayNameField,
  domainsField,
  iconUrlField,
  issuerField,
  limitField,
  optional,
  slugField,
} from './connection.fields.js';

type FieldsOf<T> = { readonly [K in keyof T]: Field<T[K]> };
type Named = { readonly connection: Field<string> };

/** For code alone, by `AuthService.perform`: who may, the app decides before. None has a route. */
export function adminPhases<U>(admin: ConnectionAdmin<U>, allowPrivateIssuers: boolean): readonly Phase<U>[] {
  const fields: FieldsOf<NewConnection> = {
    slug: slugField(),
    issuer: issuerField(allowPrivateIssuers),
    clientId: clientIdField(),
    clientAuthentication: clientAuthenticationField(),
    clientSecret: clientSecretField(),
    displayName: displayNameField(),
    iconUrl: iconUrlField(),
    domains: domainsField(),
  };
  return [createPhase(admin, fields), listPhase(admin), updatePhase(admin, fields), ...namedPhases(admin)];
}

function createPhase<U>(admin: ConnectionAdmin<U>, fields: FieldsOf<NewConnection>): Phase<U> {
  return definePhase<U, FieldsOf<NewConnection>>({
    name: 'create-connection',
    methods: ['POST'],
    fields,
    actor: 'anyone',
    run: async (ctx, input) => ({ kind: 'done', result: { connection: await admin.create(ctx, input) } }),
  });
}

function listPhase<U>(admin: ConnectionAdmin<U>): Phase<U> {
  return definePhase<U, { after: Field<string | undefined>; limit: Field<number> }>({
    name: 'list-connections',
    methods: ['GET'],
    fields: { after: optionalText(), limit: limitField() },
    actor: 'anyone',
    run: async (ctx, { after, limit }) => ({ kind: 'done', result: await admin.list(ctx, limit, after) }),
  });
}

function updatePhase<U>(admin: ConnectionAdmin<U>, fields: FieldsOf<NewConnection>): Phase<U> {
  const { slug: _, issuer, clientId, displayName, ...others } = fields; // a slug is for good: it stands in links
  const changeable = {
    ...others,
    issuer: optional(issuer),
    clientId: optional(clientId),
    displayName: optional(displayName),
  };
  return definePhase<U, typeof changeable & Named>({
    name: 'update-connection',
    methods: ['POST'],
    fields: { ...changeable, connection: connectionField() },
    actor: 'anyone',
    async run(ctx, { connection, ...changes }) {
      return { kind: 'done', result: { connection: await admin.update(ctx, connection, changes) } };
    },
  });
}

function namedPhases<U>(admin: ConnectionAdmin<U>): readonly Phase<U>[] {
  return (['disable', 'enable', 'remove'] as const).map((what) =>
    definePhase<U, Named>({
      name: `${what}-connection`,
      methods: ['POST'],
      fields: { connection: connectionField() },
      actor: 'anyone',
      async run(ctx, { connection }) {
        await admin[what](ctx, connection);
        return { kind: 'done' };
      },
    }),
  );
}
