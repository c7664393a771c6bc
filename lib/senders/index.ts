/** What leaves the app for a person: a mail, a text message. The sender turns it into words. */
export interface Message {
  /** `reset`, `magic-link`, … : one sender may serve several. */
  readonly purpose: string;
  /** The address or number, as stored. */
  readonly to: string;
  /** The user it is for, without private columns; null when there is none yet. */
  readonly user: unknown;
  /** Complete, from `publicUrl`. Holds the token. */
  readonly link?: URL | undefined;
  readonly code?: string | undefined;
  /** The sign-in that a notice is about. */
  readonly signIn?: SignInNotice | undefined;
  /** Whose it is, for words and senders of a tenant's own; null where there are no tenants. */
  readonly tenant: string | null;
}

/** What helps somebody to tell whether a sign-in was theirs. */
export interface SignInNotice {
  readonly at: Date;
  /** `Firefox on Linux`, in words of ours; null for an unknown program. */
  readonly deviceName: string | null;
  /** As the platform sees it; null where there is none. */
  readonly address: string | null;
}

/** A message as a strategy or add-on writes it: the core adds whose it is. */
export type NewMessage = Omit<Message, 'tenant'>;

/** A way to reach people: a Nest provider, so that it has what it needs injected. */
export interface Sender {
  /** True for a sender that reaches nobody, such as an outbox: an app with one does not start in production. */
  readonly developmentOnly?: boolean | undefined;
  /** Called after the request was answered. Throwing is reported; nobody is told. */
  send(message: Message): Promise<void>;
}

/** A sender, or the class of one: looked up among the app's providers, else made with their help. */
export type SenderRef = Sender | (new (...dependencies: never[]) => Sender);
