/** One thing that keeps the app from starting. */
export interface Problem {
  /** The place in the configuration, as a path: `resources.user.strategies.password.identityField`. */
  readonly where: string;
  /** What was found there. Never a secret. */
  readonly wrong: string;
  /** What to write or run instead. */
  readonly cure: string;
}

/** The configuration cannot work. Lists every problem, so that one restart cures them all. */
export class ConfigurationInvalid extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ where, wrong, cure }) => `  - ${where}: ${wrong}\n    → ${cure}`);
    super(`nest-auth-plug cannot start with this configuration:\n${lines.join('\n')}`);
    this.name = 'ConfigurationInvalid';
  }
}
