import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { html, page } from 'nest-auth-plug/pages';
import { ROOM_SCRIPTS, secondStepForms } from '../auth/rooms.js';
import { Pages } from './pages.decorator.js';
import { saidOn, type Query } from './problems.js';

/** For whoever has the first step behind them: a form for each factor that they have. The browser has the flow as a cookie. */
@Pages({ scripts: true })
@Controller('second-step')
export class SecondStepController {
  @Get()
  secondStep(@QueryParameters() query: Query) {
    const body = html`${saidOn(query, { problems: PROBLEMS })} ${secondStepForms(query)}
      <p><a href="/sign-in">Begin again</a></p>`;
    return page({ title: 'One more step', body, scripts: ROOM_SCRIPTS });
  }
}

const PROBLEMS = {
  ERR_AUTHENTICATION_FAILED: 'This code is wrong, too old, or was used before.',
  ERR_SECOND_FACTOR_REQUIRED: 'Show your second factor to go on.',
};
