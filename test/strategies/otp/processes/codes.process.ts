import { otpGenerator, type OtpCodes } from '../../../../lib/strategies/otp/otp.codes.js';
import { answer } from '../../../adapters/two-processes.js';

/** How many codes a process is to make, and of which kind. */
export interface CodesTask extends OtpCodes {
  readonly count: number;
}

answer(async (input) => {
  const { count, ...codes } = input as CodesTask; // as the test sends it
  const generator = otpGenerator(codes);
  return Array.from({ length: count }, () => generator.generate());
});
