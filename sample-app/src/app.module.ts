import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from 'nest-auth-plug';
import { ApiController } from './api.controller.js';
import { makeOtpApp } from './auth/otp-app.js';
import { ROOMS } from './auth/rooms.js';
import { Outbox } from './dev/outbox.js';
import { OutboxController } from './dev/outbox.controller.js';
import { AccountController } from './pages/account.controller.js';
import { SecondStepController } from './pages/second-step.controller.js';
import { SampleProviders } from './pages/sample-providers.js';
import { SampleSignInFields } from './pages/sign-in-fields.js';
import { StepUpController } from './pages/step-up.controller.js';
import { VisitorController } from './pages/visitor.controller.js';
import { Providers, SignInFields } from './rooms/room.js';
import { Settings } from './settings.js';

const PAGES = [AccountController, VisitorController, SecondStepController, StepUpController];
const pagesOfRooms = ROOMS.flatMap(({ controllers = [] }) => controllers);
const providersOfRooms = ROOMS.flatMap(({ providers = [] }) => providers);

@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [AuthModule.forRoot(makeOtpApp(settings))],
      controllers: [...PAGES, ApiController, OutboxController, ...pagesOfRooms],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: SignInFields, useClass: SampleSignInFields },
        { provide: Providers, useClass: SampleProviders },
        Outbox,
        ...providersOfRooms,
      ],
    };
  }
}
