import { oauth2 } from 'nest-auth-plug/strategies/oauth2';
import { describeContract } from '../../oauth-kit/contract.js';
import type { Addressee } from '../../rooms/mailed-app.js';
import { atProvider, AUTH } from './setup.js';

describeContract('oauth2', AUTH, (provider) => oauth2<Addressee>(atProvider(provider)));
