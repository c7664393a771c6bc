import {
  AuthReply,
  definePhase,
  optionalText,
  requestPhase,
  secret,
  type Field,
  type Phase,
} from '../../strategy/index.js';
import type { OtpActions } from './otp.actions.js';
import { codePage } from './otp.page.js';

const MAX_CODE_BYTES = 200;
/** As long as a flow may be anywhere. */
const MAX_FLOW_BYTES = 8192;

/** POST. The flow is a cookie, and in the result for clients without cookies. */
export function codeRequestPhase<U>(actions: OtpActions<U>): Phase<U> {
  return requestPhase('request', actions.options.identityField, async (ctx, address) => {
    const flow = await actions.begin(ctx, address);
    return { later: () => actions.send(ctx, flow), result: { flow: flow.handle } };
  });
}

/** GET: where a code is typed, and where the mailed link leads. Signs nobody in and consumes nothing. */
export function pagePhase<U>(actions: OtpActions<U>): Phase<U> {
  const { digitsOnly } = actions.options;
  return definePhase<U, { otp: Field<string | undefined> }>({
    name: 'page',
    path: '',
    methods: ['GET'],
    fields: { otp: optionalSecret(MAX_CODE_BYTES) },
    actor: 'anyone',
    async run(ctx, { otp: code }) {
      const address = await actions.addressOf(ctx.flows);
      const action = ctx.links.to('sign-in', {}).pathname;
      return { kind: 'reply', reply: AuthReply.html(codePage({ address, code, digitsOnly, action })) };
    },
  });
}

/** POST. A wrong code may be tried again, within the limits of the code and those of the account that the flow is about. */
export function signInPhase<U>(actions: OtpActions<U>): Phase<U> {
  return definePhase<U, { otp: Field<string>; flow: Field<string | undefined> }>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { otp: secret({ maxBytes: MAX_CODE_BYTES }), flow: optionalSecret(MAX_FLOW_BYTES) },
    actor: 'anyone',
    guess: 'secret',
    identity: ({ flow }, flows) => actions.addressOf(flows, flow),
    run: async (ctx, { otp, flow }) => ({ kind: 'proved', proof: await actions.signIn(ctx, otp, flow) }),
  });
}

function optionalSecret(maxBytes: number): Field<string | undefined> {
  return { ...optionalText({ maxBytes }), kind: 'secret' };
}
