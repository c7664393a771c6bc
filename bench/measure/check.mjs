// A server that does not refuse what it must refuse is not measured.

/** The requests of a variant, one for each credential. */
export function requestsOf({ request }, credentials) {
  return credentials.map(({ body, ...headers }) => ({ ...request, headers, body }));
}

/** @throws {Error} for a server that answers otherwise than it should */
export async function checkServer({ name, check }, port, requests) {
  for (const [what, request, expected] of visitsOf(check, requests)) {
    const status = await statusOf(port, request);
    if (status !== expected) throw new Error(`${name} answers ${status} ${what}, not ${expected}`);
  }
}

function visitsOf(check, requests) {
  const [first] = requests;
  const good = ['with its credential', first, 200];
  if (check === 'open') return [good];
  if (check === 'sign-in') {
    return [good, ['to a wrong password', { ...first, body: { ...first.body, password: 'pear' } }, 401]];
  }
  const last = ['with the last credential', requests.at(-1), 200];
  const without = ['without a credential', { ...first, headers: {} }, 401];
  return [good, last, without, ['to a broken credential', { ...first, headers: broken(first.headers) }, 401]];
}

/** The last 6 characters of the token, and of each cookie, are others. */
function broken(headers) {
  const breakValue = (value) => `${value.slice(0, -6)}${value.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.split('; ').map(breakValue).join('; ')]),
  );
}

async function statusOf(port, { method, path, headers, body }) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...type },
    body: body && JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}
