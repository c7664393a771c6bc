import {
  defineResource,
  type AddOn,
  type Message,
  type MessageOf,
  type Sender,
  type SenderRef,
  type StrategyContext,
} from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';

interface User {
  readonly id: string;
  readonly email: string;
}

const link = new URL('https://app.example');

/** What a message holds follows from its purpose. */
export function words(message: Message): string {
  if (message.purpose === 'reset-password') return message.link.href;
  if (message.purpose === 'otp') return message.code;
  if (message.purpose === 'new-sign-in') return message.signIn.at.toISOString();
  // @ts-expect-error not every message has a link
  return message.link.href;
}

/** A sender may be of one purpose alone. */
class ResetMailer implements Sender<'reset-password'> {
  async send({ link: mailed, lifetimeSeconds = 0 }: MessageOf<'reset-password'>): Promise<string> {
    return `${mailed.href} ${lifetimeSeconds}`;
  }
}

function noticeOf(sender: SenderRef<'new-sign-in'>): AddOn<User> {
  return { name: 'notice', phases: [], senders: { 'new-sign-in': sender } };
}

export const users = defineResource<User>({
  subjectName: 'user',
  table: 'users',
  strategies: [password({ identityField: 'email', resettable: { sender: ResetMailer, page: '/reset' } })],
  addOns: [
    noticeOf(({ signIn }) => signIn.deviceName),
    // @ts-expect-error it is not about resets
    noticeOf(ResetMailer),
  ],
});

export function send(ctx: StrategyContext<User>, user: User): void {
  const to = user.email;
  ctx.send({ purpose: 'reset-password', to, user, link });
  // @ts-expect-error without its link it is no such message
  ctx.send({ purpose: 'reset-password', to, user });
  // @ts-expect-error nobody would look at the code
  ctx.send({ purpose: 'reset-password', to, user, link, code: '4711' });
  ctx.send({ purpose: 'of-my-own', to, user, link });
  ctx.send({ purpose: 'of-my-own', to, user, code: '4711' });
}
