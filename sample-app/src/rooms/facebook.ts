import { facebook } from 'nest-auth-plug/strategies/facebook';
import { CLIENT, clientOf, providerRoom } from './oauth2/provider-room.js';

export const facebookRoom = providerRoom({
  name: 'facebook',
  label: 'Facebook',
  variables: CLIENT,
  make: (values) => facebook(clientOf(values)),
});
