import type { Strategy } from 'nest-auth-plug';
import type { User } from '../../auth/user.js';
import { Outbox } from '../../dev/outbox.js';
import { CannotStart, type Settings } from '../../settings.js';
import type { FormPlace, ProviderName, SampleRoom } from '../room.js';

/** What a provider knows the app by, and for most all that it takes. */
export const CLIENT = ['CLIENT_ID', 'CLIENT_SECRET'] as const;

type Values<V extends string> = Readonly<Record<V, string>>;

export interface RealProvider<V extends string> extends ProviderName {
  /** Each with the provider's name before it: `GOOGLE_CLIENT_ID`. Where all are set, people can sign in there. */
  readonly variables: readonly V[];
  readonly make: (values: Values<V>) => Strategy<User>;
}

/** A provider at which somebody has to register the app first. */
export function providerRoom<V extends string>({ name, label, variables, make }: RealProvider<V>): SampleRoom {
  const prefix = `${name.toUpperCase()}_`;
  return {
    strategy(settings) {
      const values = valuesIn(settings, prefix, variables);
      return values === null ? undefined : make(values);
    },
    provider: { name, label },
    variables: variables.map((variable) => prefix + variable),
    forms: providerForms(name),
  };
}

/** What all providers of this app are told. */
export function clientOf({ CLIENT_ID: clientId, CLIENT_SECRET: clientSecret }: Values<(typeof CLIENT)[number]>) {
  return { clientId, clientSecret, ...ACCOUNTS };
}

export const ACCOUNTS = { registration: 'open', profile: { name: 'name' }, sender: Outbox } as const;

/** Where somebody is who comes from there, or goes. */
export function providerForms(name: string): Readonly<Record<string, FormPlace>> {
  return {
    [`${name} request`]: { page: '/sign-in', next: '/' },
    [`${name} callback`]: { page: '/sign-in', next: '/' },
    [`${name} link`]: { page: '/linked', next: '/linked' },
    [`${name} unlink`]: { page: '/linked', next: '/linked?notice=unlinked' },
  };
}

/** @returns null where none is set @throws {CannotStart} where some are */
function valuesIn<V extends string>({ variables }: Settings, prefix: string, wanted: readonly V[]): Values<V> | null {
  const missing = wanted.filter((name) => !variables[prefix + name]);
  if (missing.length === wanted.length) return null;
  const listed = (names: readonly V[]) => names.map((name) => prefix + name).join(', ');
  if (missing.length > 0) throw new CannotStart(`${listed(missing)}: not set. Set all of ${listed(wanted)}, or none`);
  return Object.fromEntries(wanted.map((name) => [name, variables[prefix + name]])) as Values<V>; // none is missing
}
