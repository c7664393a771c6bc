export { httpOperation } from './http.js';
export type { HttpRequest, HttpResponse } from './http.js';
export { announceOutage, applyReply, forbidCaching, nodeHeaders, sendCookies, textBody } from './http-answer.js';
export type { HttpAdapter } from './http-answer.js';
export { httpInput } from './http-input.js';
export { callOperation, knownOperationIn, operationIn } from './operation.js';
