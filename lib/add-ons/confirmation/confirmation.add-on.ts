import type { AddOn, RoomColumn } from '../../strategy/index.js';
import { ConfirmationActions } from './confirmation.actions.js';
import { ConfirmedChanges } from './confirmation.changes.js';
import { findProblems } from './confirmation.check.js';
import { ConfirmationLinks } from './confirmation.links.js';
import { PURPOSES } from './confirmation.messages.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';
import { changePhase, confirmPhase, pagePhase, resendPhase } from './confirmation.phases.js';
import { confirmedAtOf } from './confirmed.js';

const TIME: RoomColumn = { type: 'time', private: false, nullable: true, kind: 'time' };

/** Confirms addresses. */
export function makeConfirmation<U extends object>(options: ResolvedConfirmationOptions): AddOn<U> {
  const { name, monitorFields, sender, routes } = options;
  const links = new ConfirmationLinks<U>(options);
  const actions = new ConfirmationActions<U>(options, links);
  const changes = new ConfirmedChanges<U>(options, links);
  return {
    name,
    routes,
    columns: Object.fromEntries(monitorFields.map((field) => [confirmedAtOf(field), TIME])),
    confirms: Object.fromEntries(monitorFields.map((field) => [field, confirmedAtOf(field)])),
    purposes: monitorFields, // one each: a link for one address voids none for another
    senders: Object.fromEntries(PURPOSES.map((purpose) => [purpose, sender])),
    phases: [pagePhase(actions), confirmPhase(actions), resendPhase(actions), changePhase(actions)],
    check: (resource) => findProblems(options, resource),
    changingUser: async (ctx, change) => changes.changing(ctx, change),
  };
}
