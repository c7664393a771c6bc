import type { ApiResponse } from '@nestjs/swagger';
import type { PhaseRoute } from '../activities/index.js';

/** One answer, as `ApiResponse` of @nestjs/swagger takes it. */
export type OpenApiResponse = Parameters<typeof ApiResponse>[0];

/** Options of `openApi`. */
export interface OpenApiOptions {
  /**
   * What `handleSuccess` answers to an activity; undefined for those that are as by default. The status is 200 where none is said.
   * @default the body of `JsonAuthPlug` or the text of `AuthPlug`; where the app overrides it, nothing but that it answers
   */
  readonly success?: ((route: PhaseRoute) => OpenApiResponse | undefined) | undefined;
  /**
   * What `handleFailure` answers to an activity, all of it; undefined for those that are as by default.
   * @default by the table of `JsonAuthPlug` for whatever extends it, the text of `AuthPlug`; else nothing but that it answers
   */
  readonly failure?: ((route: PhaseRoute) => readonly OpenApiResponse[] | undefined) | undefined;
}

export interface ResolvedOpenApiOptions {
  readonly success: (route: PhaseRoute) => OpenApiResponse | undefined;
  readonly failure: (route: PhaseRoute) => readonly OpenApiResponse[] | undefined;
}

export function resolveOpenApiOptions({
  success = () => undefined,
  failure = () => undefined,
}: OpenApiOptions): ResolvedOpenApiOptions {
  return { success, failure };
}
