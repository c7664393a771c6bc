import type { AuthTestApp, Client, ClientAnswer } from 'nest-auth-plug/testing';

/** A member of an answer's body, as text. */
export function textIn(answer: ClientAnswer, name: string): string {
  const value = new Map<string, unknown>(Object.entries(answer.body ?? {})).get(name);
  if (typeof value === 'string') return value;
  throw new Error(`The answer has no text "${name}": ${answer.status} ${answer.text}`);
}

/** Another browser with the same cookies. */
export function copyOf(app: Pick<AuthTestApp, 'client'>, browser: Pick<Client, 'cookies'>): Client {
  const copy = app.client();
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  return copy;
}

/** A store that is too busy for a moment says 503, and has changed nothing: whoever hears that asks again. */
export async function answered(send: () => Promise<ClientAnswer>): Promise<ClientAnswer> {
  const answer = await send();
  return answer.status === 503 ? answered(send) : answer;
}
