export { memoryDataLayer } from './memory-data-layer.js';
