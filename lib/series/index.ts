export { BrowserSeries } from './browser-series.js';
export type { NewSeries, SeriesScope, Shown } from './browser-series.js';
export { seriesModel } from './model.js';
export type { SeriesRow } from './series-row.js';
