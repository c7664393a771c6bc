import { deviceName } from '../../devices/index.js';
import type { Problem } from '../../errors/index.js';
import type { AddOn, MadeSignIn, ResourceFacts, StrategyContext } from '../../strategy/index.js';
import { resolveNewDeviceNoticeOptions, type NewDeviceNoticeOptions } from './new-device-notice.options.js';

const NAME = 'new-device-notice';
const PURPOSE = 'new-sign-in';

/**
 * Tells the owner of an account by a message when somebody signs in to it on a device that did not before (OWASP ASVS 5.0
 * 6.3.5). The message leaves after the sign-in is committed, and its failure changes nothing.
 *
 * Which devices did is known by a sealed cookie. A client that keeps none is new each time.
 */
export function newDeviceNotice<U extends object>(options: NewDeviceNoticeOptions<U>): AddOn<U> {
  const { sender, addressField } = resolveNewDeviceNoticeOptions(options);
  return {
    name: NAME,
    phases: [],
    senders: { [PURPOSE]: sender },
    check: (resource) => problemsOf(resource, addressField),
    signedIn(ctx, signIn, tx) {
      const to: unknown = Reflect.get(signIn.user, addressField);
      const isKnown = signIn.knownDevice || signIn.newAccount || ctx.signIn?.subject === signIn.subject;
      if (!isKnown && typeof to === 'string' && to !== '')
        ctx.send({ purpose: PURPOSE, to, ...about(ctx, signIn) }, tx);
      return Promise.resolve();
    },
  };
}

function about<U>({ client }: StrategyContext<U>, { user, authenticatedAt }: MadeSignIn<U>) {
  const { address, userAgent } = client;
  return { user, signIn: { at: authenticatedAt, deviceName: deviceName(userAgent), address } };
}

function problemsOf({ subjectName, fields }: ResourceFacts, addressField: string): readonly Problem[] {
  if (fields.has(addressField)) return [];
  const where = `resources.${subjectName}.${NAME}.addressField`;
  const known = [...fields.keys()].map((field) => `"${field}"`).join(', ');
  return [{ where, wrong: `"${addressField}" is no public field of the user`, cure: `write one of ${known}` }];
}
