import { rowReader, type Row, type Subject } from '../resources/index.js';
import { seriesModel } from './model.js';

/** A row of `browser_series`, typed. */
export interface SeriesRow {
  readonly id: string;
  readonly subject: Subject;
  readonly epoch: number;
  readonly stepHash: string;
  readonly beforeHash: string | null;
  readonly salt: string | null;
  readonly steppedAt: Date | null;
  readonly signInId: string | null;
  readonly userAgent: string | null;
  readonly since: Date;
  readonly expiresAt: Date;
}

const read = rowReader(seriesModel.table);

/** @throws {TypeError} when a column holds what this library never writes */
export function parseSeries(row: Row): SeriesRow {
  return {
    id: read.text(row, 'id'),
    subject: read.text(row, 'subject') as Subject, // written from a Subject
    epoch: Number(row['epoch']),
    stepHash: read.text(row, 'stepHash'),
    beforeHash: read.textOrNull(row, 'beforeHash'),
    salt: read.textOrNull(row, 'salt'),
    steppedAt: read.timeOrNull(row, 'steppedAt'),
    signInId: read.textOrNull(row, 'signInId'),
    userAgent: read.textOrNull(row, 'userAgent'),
    since: read.time(row, 'since'),
    expiresAt: read.time(row, 'expiresAt'),
  };
}
