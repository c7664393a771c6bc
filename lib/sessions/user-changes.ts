import { isIdentity, type AnyResource, type Row } from '../resources/index.js';
import type { UserChange, WrittenAccount } from '../strategy/index.js';
import type { Hooks } from './hooks.js';
import type { Operation } from './operation.js';

/** What a change is about, before the hooks of add-ons have seen it. */
export type AskedChange<U> = Pick<UserChange<U>, 'kind' | 'before' | 'credentials' | 'tx'> & { readonly values: Row };

/** A change as the hooks of add-ons left it. */
export interface AcceptedChange<U> {
  readonly values: Row;
  /** To be called once it is written: does what the hooks wanted done then. @param account asked for where they wanted anything */
  readonly written: (account: () => Promise<WrittenAccount<U> | null>) => Promise<void>;
}

/** Shows a change to the hooks of add-ons, which may withhold parts of it. */
export async function askHooks<U>(
  hooks: Pick<Hooks<U>, 'changingUser'>,
  operation: Operation,
  asked: AskedChange<U>,
): Promise<AcceptedChange<U>> {
  const works: Parameters<UserChange<U>['onceWritten']>[0][] = [];
  const values = { ...asked.values };
  await hooks.changingUser(operation, { ...asked, values, onceWritten: (work) => void works.push(work) });
  const written: AcceptedChange<U>['written'] = async (find) => {
    const account = works.length === 0 ? null : await find();
    if (account === null) return;
    const { user, subject, subjectEpoch } = account; // secrets of the room that asked for the change are its own
    for (const work of works) await work({ user, subject, subjectEpoch });
  };
  return { values, written };
}

/** Whether somebody will be found, or written to, under another name from now on. */
export function changesIdentity({ fieldKinds }: Pick<AnyResource, 'fieldKinds'>, user: object, changes: Row): boolean {
  return Object.entries(changes).some(
    ([field, value]) => isIdentity(fieldKinds.get(field)) && Reflect.get(user, field) !== value,
  );
}
