import { afterEach } from '@jest/globals';
import type { AuthTestApp } from 'nest-auth-plug/testing';

/** For a group of tests that open apps: whatever it is given is closed after the test. */
export function closedAfterEach(): <A extends Pick<AuthTestApp, 'close'>>(app: A) => A {
  const open: Pick<AuthTestApp, 'close'>[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  return (app) => {
    open.push(app);
    return app;
  };
}
