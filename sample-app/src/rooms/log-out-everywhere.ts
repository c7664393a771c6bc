import { logOutEverywhere } from 'nest-auth-plug/add-ons/log-out-everywhere';
import { form, hidden, html, type Html } from 'nest-auth-plug/pages';
import type { SampleRoom } from './room.js';

const ACTION = '/auth/user/log-out-everywhere';

export const logOutEverywhereRoom: SampleRoom = {
  addOn: () => logOutEverywhere(),
  forms: {
    'log-out-everywhere sign-out': { page: '/devices', next: '/sign-in?notice=signed-out-everywhere' },
  },
  belowDevices: buttons,
  said: {
    notices: {
      'signed-out-everywhere': 'You are signed out everywhere.',
      'signed-out-elsewhere': 'All your other devices are signed out.',
    },
  },
};

function buttons(): Html {
  const staying = [hidden('keepThisBrowser', 'on'), hidden('returnTo', '/devices?notice=signed-out-elsewhere')];
  return html`${form({ action: ACTION, body: staying, submit: 'Sign out everywhere else' })}
  ${form({ action: ACTION, body: [], submit: 'Sign out everywhere' })}`;
}
