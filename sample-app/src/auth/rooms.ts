import type { Html } from 'nest-auth-plug/pages';
import * as rooms from '../rooms/index.js';
import type { Said } from '../pages/problems.js';
import type { FormPlace, SampleRoom } from '../rooms/room.js';

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

/** The forms for these factors, in their order. */
export function secondStepForms(strategies: readonly string[]): readonly Html[] {
  const steps = ROOMS.flatMap(({ secondStep }) => secondStep ?? []);
  const more = ROOMS.flatMap(({ secondStepFields }) => secondStepFields?.() ?? []);
  return strategies.flatMap((name) => steps.find(({ strategy }) => strategy === name)?.form(more) ?? []);
}
