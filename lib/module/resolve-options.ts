import { isLoopback } from '../contexts/index.js';
import type { DataLayerAdapter } from '../resources/index.js';
import type { SecretSource } from '../secrets/index.js';
import type { LateOptions, OtpApp } from './otp-app.js';

/** An app's options once everything is known. What is missing is a problem of the boot. */
export interface ResolvedOptions {
  readonly publicUrl: string | undefined;
  readonly secrets: SecretSource;
  readonly dataLayer: DataLayerAdapter | undefined;
  readonly trustedOrigins: readonly string[];
  readonly environment: 'production' | 'development';
}

/** Late options win over those of the app. */
export function resolveOptions(app: OtpApp, late: LateOptions): ResolvedOptions {
  const {
    publicUrl = app.publicUrl,
    secrets = app.secrets ?? [],
    dataLayer = app.dataLayer,
    trustedOrigins = app.trustedOrigins ?? [],
  } = late;
  const { environment = defaultEnvironment(publicUrl) } = app;
  return { publicUrl, secrets, dataLayer, trustedOrigins, environment };
}

function defaultEnvironment(publicUrl: string | undefined): 'production' | 'development' {
  const isLocal = publicUrl !== undefined && URL.canParse(publicUrl) && isLoopback(new URL(publicUrl));
  return isLocal ? 'development' : 'production';
}
