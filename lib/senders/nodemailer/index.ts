export { nodemailerSender } from './nodemailer.sender.js';
export type { Mail, MailTransporter, NodemailerOptions } from './nodemailer.options.js';
