import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ description: 'What is wrong with one field.' })
class AuthFieldProblem {
  @ApiProperty({ type: String, description: '`*` where it is the input as a whole.', example: 'email' })
  declare readonly field: string;

  @ApiProperty({ type: String, example: 'required' })
  declare readonly code: string;

  @ApiProperty({ type: String, example: 'is required' })
  declare readonly message: string;
}

@ApiSchema({ description: 'A second factor that would complete the sign-in.' })
class AuthFactor {
  @ApiProperty({ type: String })
  declare readonly strategy: string;

  @ApiProperty({ type: String })
  declare readonly phase: string;

  @ApiProperty({ type: String })
  declare readonly label: string;

  @ApiProperty({ type: Boolean, required: false, description: 'True where it stands in for another factor.' })
  declare readonly backup?: true;
}

@ApiSchema({ description: 'A phase that somebody may go on with.' })
class AuthPhase {
  @ApiProperty({ type: String })
  declare readonly strategy: string;

  @ApiProperty({ type: String })
  declare readonly phase: string;
}

/** The body of every refusal by `JsonAuthPlug`: a schema of the document, for answers of your own that keep its form. */
@ApiSchema({ description: 'Somebody did not get in.' })
export class AuthRefusal {
  @ApiProperty({ type: String, description: 'Stable: compare this.', example: 'ERR_AUTHENTICATION_FAILED' })
  declare readonly code: string;

  @ApiProperty({ type: String, description: 'For people.' })
  declare readonly message: string;

  @ApiProperty({ type: [AuthFieldProblem], required: false, description: 'With `ERR_INVALID_INPUT`.' })
  declare readonly problems?: readonly AuthFieldProblem[];

  @ApiProperty({ type: [AuthFactor], required: false, description: 'With `ERR_SECOND_FACTOR_REQUIRED`.' })
  declare readonly factors?: readonly AuthFactor[];

  @ApiProperty({ type: [AuthPhase], required: false, description: 'Where one is required and none enrolled.' })
  declare readonly enrolments?: readonly AuthPhase[];

  @ApiProperty({ type: [AuthPhase], required: false, description: 'With `ERR_FRESH_SIGN_IN_REQUIRED`.' })
  declare readonly activities?: readonly AuthPhase[];

  @ApiProperty({ type: String, required: false, description: 'With `factors`: clients without cookies send it back.' })
  declare readonly flow?: string;
}
