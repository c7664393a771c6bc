// `.ci/run` runs the visits on Nest 11 as well, from a folder where it is installed.
const nest = process.env.NEST_MODULES;

export default {
  testEnvironment: 'node',
  // Frees what a test file leaves on its global object as soon as the file is done.
  testEnvironmentOptions: { globalsCleanup: 'on' },
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // jest's default on a 2-core machine is a single worker
  maxWorkers: 2,
  // Node 20 tells each AsyncLocalStorage of each promise, and Nest makes some in each test file that nothing lets go of: after a hundred
  // files everything takes ten times as long. So a worker is replaced after a few.
  workerIdleMemoryLimit: '400MB',
  // A test that starts an app, a browser or a second process takes longer than 5 s on a busy machine.
  testTimeout: 20_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    ...(nest && { '^@nestjs/(.*)$': `${nest}/@nestjs/$1`, '^rxjs$': `${nest}/rxjs` }),
    '^nest-auth-plug$': '<rootDir>/lib/index.ts',
    '^nest-auth-plug/(.*)$': '<rootDir>/lib/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcov'],
};
