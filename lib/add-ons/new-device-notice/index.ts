export { newDeviceNotice } from './new-device-notice.add-on.js';
export type { NewDeviceNoticeOptions } from './new-device-notice.options.js';
