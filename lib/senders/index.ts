export type {
  CodeContents,
  LinkContents,
  Message,
  MessageContents,
  MessageOf,
  MessagePurpose,
  NewMessage,
  PasskeyContents,
  ProviderNotice,
  SignInNotice,
} from './message.js';
export type { Brought, Deliver, DeliveryRef, MessageDelivery, Send, Sender, SenderRef } from './sender.js';
export { mailText } from './mail-text.js';
export type { MailText, MailTexts, MailWords } from './mail-text.js';
