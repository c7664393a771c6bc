import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  RequireFresh,
  RequireSecondFactor,
  SessionUserGuard,
  type AddOn,
  type AuthEvent,
  type Row,
} from 'nest-auth-plug';
import { trustedDevice, type TrustedDeviceOptions } from 'nest-auth-plug/add-ons/trusted-device';
import type { Client, ClientAnswer } from 'nest-auth-plug/testing';
import { seriesModel } from '../../../lib/series/index.js';
import {
  AUTH,
  CODE,
  enrol,
  register,
  roomsApp,
  signIn,
  type RoomsApp,
  type RoomsAppOptions,
} from '../../rooms/rooms-app.js';
import type { User } from '../../users.js';

export const COOKIE = '__Host-user-trusted-device';
export const DAY = 24 * 3600;

@Controller('asking')
@UseGuards(SessionUserGuard.for('user'))
class AskingController {
  @RequireSecondFactor()
  @Get('factor')
  factor(): string {
    return 'factor';
  }

  @RequireFresh({ factor: 'second' })
  @Get('fresh-factor')
  freshFactor(): string {
    return 'fresh factor';
  }
}

export interface TrustAppOptions extends RoomsAppOptions {
  readonly trust?: TrustedDeviceOptions;
}

/** The app of all natures of rooms, whose users trust browsers, and whoever watches. */
export interface TrustApp extends RoomsApp {
  readonly events: readonly AuthEvent[];
  /** A browser in which its owner has shown both factors, wished to be asked no more, and signed out. */
  trusted(browser?: Client): Promise<Client>;
}

/** Ada is registered, and has a second factor. */
export async function trustApp({ trust, user, ...options }: TrustAppOptions = {}): Promise<TrustApp> {
  const events: AuthEvent[] = [];
  const watcher: AddOn<User> = { name: 'watcher', phases: [], observe: (event) => void events.push(event) };
  const addOns = [trustedDevice<User>(trust), watcher, ...(user?.addOns ?? [])];
  const controllers = [AskingController];
  const rooms = await roomsApp({ withAllHooks: false, controllers, ...options, user: { ...user, addOns } });
  const owner = rooms.client();
  await register(owner);
  await enrol(owner);
  const trusted = async (browser = rooms.client()) => {
    await signIn(browser);
    const answer = await second(browser, { trustDevice: 'on' });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return signOut(browser);
  };
  return { ...rooms, events, trusted };
}

export function second(browser: Client, more: object = {}): Promise<ClientAnswer> {
  return browser.post(`${AUTH}/second-factor/sign-in`, { json: { code: CODE, ...more } });
}

export async function signOut(browser: Client): Promise<Client> {
  await browser.post(`${AUTH}/session/sign-out`, { json: {} });
  return browser;
}

export function trustRows(app: RoomsApp): Promise<readonly Row[]> {
  return app.data.forTenant('').findMany(seriesModel, {}, { orderBy: 'expiresAt', limit: 100 });
}
