import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from 'nest-auth-plug';
import { ApiController } from './api.controller.js';
import { makeOtpApp } from './auth/otp-app.js';
import { Outbox } from './dev/outbox.js';
import { OutboxController } from './dev/outbox.controller.js';
import { AccountController } from './pages/account.controller.js';
import { VisitorController } from './pages/visitor.controller.js';
import { Settings } from './settings.js';

@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [AuthModule.forRoot(makeOtpApp(settings))],
      controllers: [AccountController, VisitorController, ApiController, OutboxController],
      providers: [{ provide: Settings, useValue: settings }, Outbox],
    };
  }
}
