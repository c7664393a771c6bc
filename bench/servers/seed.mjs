// Users and their sign-ins, made through the public API.
export const PASSWORD = 'plum tree on the hill';
/** Small, for a transaction may be open for 250 ms. */
const BATCH = 20;

/** @param passwordHash null where nobody signs in by it */
export async function seedUsers(data, model, count, passwordHash) {
  const users = Array.from({ length: count }, (_, index) => userOf(index));
  for (const batch of batchesOf(users, BATCH)) {
    await data.transaction(async (tx) => {
      for (const user of batch) await tx.insert(model, { ...user, passwordHash });
    });
  }
  return users;
}

function userOf(index) {
  return { id: `user-${index}`, email: `user-${index}@example.com`, name: `User ${index}` };
}

/**
 * What to ask with: one credential of each user. One by one: where many requests live as V8 sees the first of them, it keeps the like of them
 * for long-lived from then on, and each costs a third more.
 */
export async function signInUsers(users, { by, port, service }) {
  const credentials = [];
  for (const user of users) credentials.push(await (by === 'cookie' ? cookieOf(user, port) : bearerOf(user, service)));
  return credentials;
}

async function bearerOf(user, service) {
  const { token } = await service.signIn(user, { methods: ['pwd'] });
  return { authorization: `Bearer ${token}` };
}

async function cookieOf(user, port) {
  const response = await fetch(`http://127.0.0.1:${port}/seed?${new URLSearchParams(user)}`, { method: 'POST' });
  return { cookie: cookiesIn(response) };
}

/** What a browser would send after this answer. */
export function cookiesIn(response) {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  if (cookies.length === 0) throw new Error(`No cookie was set: ${response.status}`);
  return cookies.join('; ');
}

export function signInBodies(users) {
  return users.map(({ email }) => ({ body: { email, password: PASSWORD } }));
}

function batchesOf(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
