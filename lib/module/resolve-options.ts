import { isLoopback } from '../network/index.js';
import type { DataLayerAdapter } from '../resources/index.js';
import type { SecretSource } from '../secrets/index.js';
import { MINUTE } from '../time/index.js';
import type { SigningOptions } from '../tokens/index.js';
import type { LateOptions, OtpApp } from './otp-app.js';
import { resolveTenantOptions, type ResolvedTenantOptions } from './tenant-options.js';

/** An app's options once everything is known. What is missing is a problem of the boot. */
export interface ResolvedOptions {
  readonly publicUrl: string | undefined;
  readonly secrets: SecretSource;
  readonly signing: SigningOptions;
  readonly keyRefreshSeconds: number;
  readonly dataLayer: DataLayerAdapter | undefined;
  readonly trustedOrigins: readonly string[];
  readonly environment: 'production' | 'development';
  /** Null where the app has none. */
  readonly tenants: ResolvedTenantOptions | null;
}

/** Late options win over those of the app. */
export function resolveOptions(app: OtpApp, late: LateOptions): ResolvedOptions {
  const {
    publicUrl = app.publicUrl,
    secrets = app.secrets ?? [],
    signingKeys = app.signing?.keys,
    dataLayer = app.dataLayer,
    trustedOrigins = app.trustedOrigins ?? [],
    tenants: tenantOptions = app.tenants,
  } = late;
  const { environment = defaultEnvironment(publicUrl), keyRefreshSeconds = 5 * MINUTE } = app;
  const signing = { algorithm: 'HS256', ...app.signing, keys: signingKeys } as const;
  const tenants = tenantOptions === undefined ? null : resolveTenantOptions(tenantOptions);
  return { publicUrl, secrets, signing, keyRefreshSeconds, dataLayer, trustedOrigins, environment, tenants };
}

function defaultEnvironment(publicUrl: string | undefined): 'production' | 'development' {
  const isLocal = publicUrl !== undefined && URL.canParse(publicUrl) && isLoopback(new URL(publicUrl));
  return isLocal ? 'development' : 'production';
}
