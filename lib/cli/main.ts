#!/usr/bin/env node
import { argv, exit, stderr, stdout } from 'node:process';
import { printDdl, UsageError } from './print-ddl.js';

printDdl(argv.slice(2)).then(
  (ddl) => stdout.write(ddl),
  (error: unknown) => {
    stderr.write(error instanceof UsageError ? error.message : `${String(error)}\n`);
    exit(1);
  },
);
