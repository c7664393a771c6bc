// Where and of what a run was: figures without that say nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { CORES } from './child.mjs';

const ROOT = new URL('../../', import.meta.url);
const PACKAGES = {
  'node_modules/': [
    '@nestjs/core',
    '@nestjs/platform-express',
    '@nestjs/platform-fastify',
    'express',
    'fastify',
    'libsql',
    'pg',
    'mysql2',
  ],
  'bench/node_modules/': [
    '@nestjs/passport',
    '@nestjs/jwt',
    'passport-jwt',
    'jsonwebtoken',
    'express-session',
    'cookie-session',
    'better-auth',
    '@thallesp/nestjs-better-auth',
    'better-sqlite3',
  ],
};

export function describeRun() {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    commit: commit(),
    processor: `${processors[0]?.model} × ${processors.length}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    openssl: process.versions.openssl,
    pinned: CORES !== null,
    loadBefore: loadavg()[0],
    versions: Object.fromEntries(
      Object.entries(PACKAGES).flatMap(([folder, names]) => names.map((name) => [name, versionOf(folder, name)])),
    ),
  };
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

function versionOf(folder, name) {
  try {
    return JSON.parse(readFileSync(new URL(`${folder}${name}/package.json`, ROOT), 'utf8')).version;
  } catch {
    return null;
  }
}
