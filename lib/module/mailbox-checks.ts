import type { Problem } from '../errors/index.js';
import type { Resource } from '../resources/index.js';
import type { AddOn } from '../strategy/index.js';

/** What would let somebody register another's address and wait there, and what keeps an add-on from telling that. */
export function checkMailboxes(resource: Resource): readonly Problem[] {
  return [...sharedAccounts(resource), ...resource.addOns.flatMap((addOn) => brokenConfirmations(resource, addOn))];
}

/** An address is registered without a proof by one room, its owner is let in by another, and nobody tells who came first. */
function sharedAccounts({ subjectName, rooms, confirmed }: Resource): readonly Problem[] {
  const proving = rooms.flatMap(({ name, provesMailboxOf = [] }) => provesMailboxOf.map((field) => ({ name, field })));
  return proving
    .filter(({ field }) => !confirmed.has(field))
    .flatMap(({ name, field }) =>
      rooms
        .filter(
          ({ registers = [], provesMailboxOf = [] }) => registers.includes(field) && !provesMailboxOf.includes(field),
        )
        .map((other) => ({
          where: `resources.${subjectName}.${other.name}`,
          wrong: `registers any "${field}", and "${name}" lets the owner of its mailbox into the same account`,
          cure: `put confirmation({ monitorFields: ['${field}'], … }) into addOns, or let "${other.name}" register nobody`,
        })),
    );
}

function brokenConfirmations(
  { subjectName, addOns, fieldKinds, model }: Resource,
  { name, confirms = {} }: AddOn<object>,
): readonly Problem[] {
  const where = `resources.${subjectName}.${name}`;
  return Object.entries(confirms).flatMap(([field, time]) => {
    const isTime = fieldKinds.get(time) === 'time' && model.columns[time]?.nullable === true;
    const isTwice = addOns.filter((addOn) => Object.hasOwn(addOn.confirms ?? {}, field)).length > 1;
    return [
      ...(fieldKinds.has(field)
        ? []
        : [{ where, wrong: `"${field}" is no public field of the user`, cure: `write one of: ${names(fieldKinds)}` }]),
      ...(isTime
        ? []
        : [
            { where, wrong: `"${time}" is no public time that may be null`, cure: `leave "${time}" out of the fields` },
          ]),
      ...(isTwice ? [{ where, wrong: `two add-ons confirm "${field}"`, cure: 'leave it to one of them' }] : []),
    ];
  });
}

function names(fieldKinds: Resource['fieldKinds']): string {
  return [...fieldKinds.keys()].join(', ');
}
