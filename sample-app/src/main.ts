import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { readSettings } from './settings.js';
import { inOneLine } from './start-errors.js';

try {
  const settings = readSettings();
  const app = await createApp(settings);
  // Only this machine: its cookies are `Secure`, so over plain http no browser keeps them from any other host.
  await app.listen(settings.port, '127.0.0.1');
  app.flushLogs();
  new Logger('sample-app').log(`${settings.publicUrl} is ready; mail arrives at ${settings.publicUrl}/dev/outbox`);
} catch (error) {
  const line = inOneLine(error);
  if (line === null) throw error;
  process.stderr.write(`The sample app cannot start. ${line}\n`);
  process.exit(1);
}
