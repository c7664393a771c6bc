import { defineOtpApp, type OtpApp } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Settings } from '../settings.js';
import { AppAuthPlug } from './app-auth-plug.js';
import { makeUsers } from './users.js';

export function makeOtpApp(settings: Settings): OtpApp {
  const { publicUrl, secret, databaseUrl, isProduction } = settings;
  return defineOtpApp({
    name: 'sample-app',
    plug: AppAuthPlug,
    publicUrl,
    environment: isProduction ? 'production' : 'development',
    secrets: [secret],
    // Tables are made at the start, so that a fresh clone runs; an app in production migrates when it is deployed.
    dataLayer: sqlDataLayer({ url: databaseUrl, migrate: true }),
    resources: [makeUsers(settings)],
  });
}
