import type { Html } from 'nest-auth-plug/pages';
import * as rooms from '../rooms/index.js';
import type { Query, Said } from '../pages/problems.js';
import type { FormPlace, SampleRoom, StrategyForm } from '../rooms/room.js';

const all: readonly SampleRoom[] = Object.values(rooms);
const confirmed = all.some(({ confirmsAddresses }) => confirmsAddresses);

/** Every room of this app, in the order of their names: none depends on coming first. */
export const ROOMS = all.filter(({ needsConfirmedAddresses }) => confirmed || !needsConfirmedAddresses);

/** Where each room's forms stand and lead, by activity. */
export const ROOM_FORMS: Readonly<Record<string, FormPlace>> = Object.fromEntries(
  ROOMS.flatMap(({ forms = {} }) => Object.entries(forms)),
);

/** What rooms have said on the pages that belong to none of them. */
export const ROOM_SAID: Said = {
  notices: Object.fromEntries(ROOMS.flatMap(({ said }) => Object.entries(said?.notices ?? {}))),
  problems: Object.fromEntries(ROOMS.flatMap(({ said }) => Object.entries(said?.problems ?? {}))),
};

/** What makes the forms of rooms work on the pages that belong to none of them. */
export const ROOM_SCRIPTS = ROOMS.flatMap(({ scripts = [] }) => scripts);

/** The forms for the factors that the address of the page names, in their order, or all of them. Others are no link's to name. */
export function secondStepForms(query: Query): readonly Html[] {
  const more = ROOMS.flatMap(({ secondStepFields }) => secondStepFields?.() ?? []);
  return formsBy(
    query,
    ROOMS.flatMap(({ secondStep }) => secondStep ?? []),
    more,
  );
}

/** The same, for stepping up. */
export function verifyForms(query: Query): readonly Html[] {
  return formsBy(
    query,
    ROOMS.flatMap(({ verifies }) => verifies ?? []),
    [],
  );
}

function formsBy(query: Query, known: readonly StrategyForm[], more: readonly Html[]): readonly Html[] {
  const { by } = query;
  const named = typeof by === 'string' ? by.split(' ') : known.map(({ strategy }) => strategy);
  return named.flatMap((name) => known.find(({ strategy }) => strategy === name)?.form(query, more) ?? []);
}
