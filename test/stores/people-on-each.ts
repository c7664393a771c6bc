import { afterAll, beforeAll } from '@jest/globals';
import type { DataLayerAdapter, Subject } from 'nest-auth-plug';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { answered } from '../rooms/browsing.js';
import { inStep, type InStep } from '../rooms/in-step.js';
import { register, subjectOf, type PeopleApp } from '../rooms/people-app.js';
import type { Store } from './each-store.js';

/** Somebody whom nobody else of the file is. */
export interface Someone<A> {
  readonly app: A;
  /** Signed in, by a password. */
  readonly browser: Client;
  readonly email: string;
  readonly subject: Subject;
}

export interface PeopleOnEach<A> {
  readonly appOn: (platform?: Platform) => A;
  /** An address that nobody has. */
  readonly newAddress: () => string;
  readonly someone: (platform?: Platform) => Promise<Someone<A>>;
  /** Sends them in step: nobody is done before all have begun. Whoever is told that the store is busy asks again. */
  readonly together: (app: A, sends: readonly (() => Promise<ClientAnswer>)[]) => Promise<readonly ClientAnswer[]>;
}

/** Of `describeEachStore`: one app on each platform for all tests of a store, whose people are their own. */
export function peopleOnEach<A extends PeopleApp>(
  store: Store,
  open: (options: { readonly platform: Platform; readonly dataLayer: DataLayerAdapter }) => Promise<A>,
): PeopleOnEach<A> {
  const apps = new Map<Platform, A>();
  const steps = new Map<A, InStep>();
  let people = 0;
  beforeAll(async () => {
    for (const platform of ['express', 'fastify'] as const) {
      const step = inStep(await store.empty(), store.name);
      const app = await open({ platform, dataLayer: step.dataLayer });
      apps.set(platform, app);
      steps.set(app, step);
    }
  }, 60_000);
  afterAll(async () => {
    for (const app of apps.values()) await app.close();
  });

  const appOn = (platform: Platform = 'express') => there(apps.get(platform));
  const newAddress = () => `person${(people += 1)}@example.com`;
  return {
    appOn,
    newAddress,
    async someone(platform) {
      const app = appOn(platform);
      const [email, browser] = [newAddress(), app.client()];
      await register(browser, email);
      return { app, browser, email, subject: await subjectOf(app, email) };
    },
    together: (app, sends) => there(steps.get(app)).all(app, sends.length, (index) => answered(there(sends[index]))),
  };
}

/** @throws {TypeError} */
function there<T>(one: T | undefined): T {
  if (one === undefined) throw new TypeError('There is no such thing in this test');
  return one;
}
