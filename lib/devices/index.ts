export { deviceName } from './device-name.js';
