// What is promised of the hot paths. A target that cannot be met is not lowered: it is printed as missed.

/** @returns `{ path, wanted, measured, state }` of each target; `state` is `met`, `missed` or `not measured` */
export function judge(summary, starts, expunges) {
  return [...targets(summary), ...startTargets(starts), ...growthTargets(summary, expunges)].map(
    ({ path, least, most, value }) => {
      const wanted = least === undefined ? `≤ ${most}` : `≥ ${least}`;
      if (value === null || !Number.isFinite(value)) return { path, wanted, measured: null, state: 'not measured' };
      const holds = least === undefined ? value <= most : value >= least;
      return { path, wanted, measured: value, state: holds ? 'met' : 'missed' };
    },
  );
}

function targets(summary) {
  const median = (name, figure) => summary[name]?.[figure]?.median ?? null;
  const ratio = (name) => median(name, 'cpuRatio');
  const times = (figure, name, other) => quotient(median(name, figure), median(other, figure));
  const throughput = (name, other) => times('perSecond', name, other);
  return [
    ...bearerTargets({ ratio, times }),
    { path: 'stored, bearer, libsql, Express', least: 0.75, value: ratio('express/ours-bearer-libsql') },
    {
      path: '… throughput against better-auth',
      least: 4,
      value: throughput('express/ours-bearer-libsql', 'express/better-auth'),
    },
    { path: 'stored, cookie, libsql, Express', least: 0.78, value: ratio('express/ours-cookie-libsql') },
    {
      path: '… throughput against better-auth',
      least: 4,
      value: throughput('express/ours-cookie-libsql', 'express/better-auth'),
    },
    {
      path: 'stored, cookie, PostgreSQL, Express, against the same SELECT by hand',
      least: 0.95,
      value: times('cpuMicros', 'express/select-postgres-by-hand', 'express/ours-cookie-postgres'),
    },
    { path: 'sealed stateless cookie, Express', least: 0.78, value: ratio('express/ours-stateless-cookie') },
    { path: 'public route below the global guard, Fastify', least: 0.95, value: ratio('fastify/ours-public') },
    ...passportTargets(throughput),
    ...signInTargets({ median, throughput }),
  ];
}

function bearerTargets({ ratio, times }) {
  const targetsOf = (platform, title, hit, miss) => [
    { path: `stateless HS256, cache hit, ${title}`, least: hit, value: ratio(`${platform}/ours-stateless-hs256`) },
    {
      path: `stateless HS256, every token new, ${title}`,
      least: miss,
      value: ratio(`${platform}/ours-stateless-hs256-20000`),
    },
    {
      path: `… added CPU against the HMAC guard by hand, ${title}`,
      most: 1.3,
      value: times('addedMicros', `${platform}/ours-stateless-hs256-20000`, `${platform}/hmac-by-hand`),
    },
    ...['es256', 'eddsa'].flatMap((name) => [
      {
        path: `stateless ${name}, cache hit, ${title}`,
        least: hit,
        value: ratio(`${platform}/ours-stateless-${name}`),
      },
      {
        path: `… on a miss, added CPU against node:crypto, ${title}`,
        most: 1.15,
        value: times('addedMicros', `${platform}/ours-stateless-${name}-20000`, `${platform}/${name}-by-hand`),
      },
    ]),
  ];
  return [...targetsOf('fastify', 'Fastify', 0.8, 0.72), ...targetsOf('express', 'Express', 0.92, 0.85)];
}

function passportTargets(throughput) {
  const against = (platform, peer) => throughput(`${platform}/ours-stateless-hs256`, `${platform}/${peer}`);
  return [
    {
      path: 'throughput against passport-jwt tuned, Express',
      least: 1.4,
      value: against('express', 'passport-jwt-key-object'),
    },
    {
      path: 'throughput against passport-jwt tuned, Fastify',
      least: 1.4,
      value: against('fastify', 'passport-jwt-key-object'),
    },
    {
      path: 'throughput against passport-jwt as documented, Express',
      least: 4,
      value: against('express', 'passport-jwt'),
    },
    {
      path: 'throughput against passport-jwt as documented, Fastify',
      least: 15,
      value: against('fastify', 'passport-jwt'),
    },
  ];
}

function signInTargets({ median }) {
  const loop = (name) => median(`express/ours-sign-in-${name}`, 'loopP99Ms');
  return [
    {
      path: 'sign-in against the bare hash, alone',
      least: 0.95,
      value: median('express/ours-sign-in-1', 'throughputRatio'),
    },
    {
      path: 'sign-in against the bare hash, 8 in flight',
      least: 0.95,
      value: median('express/ours-sign-in-8', 'throughputRatio'),
    },
    { path: '… delay of the event loop over idle, p99 in ms', most: 5, value: difference(loop('8'), loop('idle')) },
  ];
}

function startTargets(starts) {
  return ['express', 'fastify'].flatMap((platform) => {
    const own = starts[`${platform}/ours-memory`];
    return [
      { path: `cold start against bare Nest, ${platform}`, most: 1.1, value: own?.startRatio?.median ?? null },
      {
        path: `RSS over bare Nest in MB, ${platform}`,
        most: 5,
        value: quotient(own?.addedRssBytes?.median ?? null, 1e6),
      },
    ];
  });
}

function growthTargets(summary, expunges) {
  return ['libsql', 'postgres'].flatMap((store) => {
    const cpu = (name) => summary[name]?.cpuMicros.median ?? null;
    const growth = (platform) =>
      quotient(cpu(`${platform}/ours-cookie-${store}-1m`), cpu(`${platform}/ours-cookie-${store}-alone`));
    const delay = (platform) => expunges[`${platform}/ours-expunge-${store}-1m`]?.loopMaxMs ?? null;
    return [
      { path: `CPU with 1,000,000 sign-ins against 200, ${store}, Fastify`, most: 1.1, value: growth('fastify') },
      { path: `expunging 1,000,000 rows, longest delay in ms, ${store}`, most: 20, value: delay('fastify') },
    ];
  });
}

const quotient = (of, by) => (of === null || by === null ? null : of / by);
const difference = (of, less) => (of === null || less === null ? null : of - less);
