/** Who is at the other end of a connection. */
export { addressKey } from './address-key.js';
export { isLoopback } from './loopback.js';
export { isPrivateAddress } from './private-address.js';
