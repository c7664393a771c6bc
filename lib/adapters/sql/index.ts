export { ddlFor, sqlDataLayer } from './sql-data-layer.js';
export type { DdlName } from './sql-data-layer.js';
export type { SqlDataLayerOptions } from './sql.options.js';
