import type { Resource } from '../resources/index.js';
import type { OtpApp } from './otp-app.js';
import type { ResolvedOptions } from './resolve-options.js';

/** Every way in of every resource, and who is asked for a second factor after it, in a line each (ASVS 6.1.3). */
export function bootLines(app: OtpApp, options: Pick<ResolvedOptions, 'dataLayer'>): readonly string[] {
  return app.resources.map((resource) => {
    const { subjectName, strategies, addOns } = resource;
    const ways = strategies.map(({ name, phases }) => `${name} (${phases.map((phase) => phase.name).join(', ')})`);
    const around = addOns.length === 0 ? '' : `; with ${addOns.map(({ name }) => name).join(', ')}`;
    const [factor, kept] = [secondFactorOf(resource), keptIn(resource, options)];
    return `${app.name}: "${subjectName}" signs in by ${ways.join(', ')}${around}; second factor ${factor}; ${kept}`;
  });
}

/** `optional, by totp, webauthn` */
function secondFactorOf({ staticSecondFactor, strategies }: Resource): string {
  const policy = staticSecondFactor ?? 'as a function says of each user';
  const factors = strategies.filter(({ factor }) => factor !== undefined).map(({ name }) => name);
  if (policy === 'off') return policy;
  return `${policy}, by ${factors.length === 0 ? 'no strategy' : factors.join(', ')}`;
}

function keptIn({ isStateless, sessions }: Resource, { dataLayer }: Pick<ResolvedOptions, 'dataLayer'>): string {
  if (!isStateless) return `kept in ${dataLayer?.name}`;
  const lifetime = `${sessions.absoluteLifetimeSeconds} s after it was made`;
  return `sign-ins are stateless: nothing ends one before it expires, ${lifetime}`;
}
