import { oidc } from 'nest-auth-plug/strategies/oidc';
import { describeContract } from '../../oauth-kit/contract.js';
import type { Addressee } from '../../rooms/mailed-app.js';
import { atProvider, AUTH } from './setup.js';

describeContract('oidc', AUTH, (provider) => oidc<Addressee>(atProvider(provider)));
