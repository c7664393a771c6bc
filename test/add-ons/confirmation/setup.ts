import type { DataLayerAdapter, Message, Row } from 'nest-auth-plug';
import { confirmation, type ConfirmationOptions } from 'nest-auth-plug/add-ons/confirmation';
import { Outbox, type Client, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { ADA, visit, type Visit, type VisitOptions } from '../../security/visit.js';
import type { User } from '../../users.js';

export const BEA = 'bea@example.com';
export const AUTH = '/auth/user/confirmation';
const PLENTY = [{ limit: 10_000, windowSeconds: 60 }];

export interface ConfirmingOptions extends VisitOptions {
  readonly confirmation?: Partial<Omit<ConfirmationOptions<User>, 'name'>>;
  readonly dataLayer?: DataLayerAdapter;
}

/** An app whose addresses are confirmed, and what it sent about that. */
export interface Confirming extends Visit {
  readonly mails: Outbox;
  row(email?: string): Promise<Row | null>;
  /** Purpose and receiver of what was sent since it was asked last. */
  sent(): Promise<readonly string[]>;
}

export async function confirmingVisit(
  platform: Platform,
  { confirmation: options = {}, dataLayer, resource, app, ...others }: ConfirmingOptions = {},
): Promise<Confirming> {
  const mails = new Outbox();
  const addOn = confirmation<User>({ monitorFields: ['email'], sender: mails, ...options });
  const limits = { guessesPerAddress: PLENTY, messagesPerAddress: PLENTY };
  const visited = await visit(platform, {
    ...others,
    resource: { limits, addOns: [addOn], ...resource },
    app: { ...(dataLayer && { dataLayer }), ...app },
  });
  let read = 0;
  const sent = async () => {
    await visited.app.idle();
    const fresh = mails.messages.slice(read);
    read = mails.messages.length;
    return fresh.map(({ purpose, to }) => `${purpose} to ${to}`);
  };
  const row = (email = ADA) => visited.app.data.findOne(visited.users.model, { email });
  return { ...visited, mails, row, sent };
}

/** The link in the newest message to an address that has one. */
export async function linkTo({ app, mails }: Pick<Confirming, 'app' | 'mails'>, to = ADA): Promise<URL> {
  await app.idle();
  const found = mails.messages.findLast((message: Message) => message.to === to && message.link !== undefined);
  if (found?.link === undefined) throw new Error(`No link was sent to ${to}`);
  return found.link;
}

/** What the button behind the link posts. */
export function confirm(browser: Client, link: URL): Promise<ClientAnswer> {
  return browser.post(`${AUTH}/confirm`, { form: Object.fromEntries(link.searchParams) });
}

export function change(browser: Client, email = BEA): Promise<ClientAnswer> {
  return browser.post(`${AUTH}/change`, { json: { email } });
}

export function resend(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post(`${AUTH}/resend`, { json: { email } });
}
