/** Made of `client/` by test/strategies/webauthn/make-script.mjs: what runs in browsers without a bundler. */
export const SCRIPT = `class PasskeyRefused extends Error {
    answer;
    name = 'PasskeyRefused';
    constructor(answer) {
        super(\`The app answered \${answer.status}\`);
        this.answer = answer;
    }
}
class Passkeys {
    paths;
    #waiting = null;
    constructor(paths) {
        this.paths = paths;
    }
    static get areSupported() {
        return typeof PublicKeyCredential === 'function';
    }
    register(fields) {
        return this.#create('registration', 'register', fields);
    }
    signUp(fields) {
        return this.#create('sign-up', 'sign-up', fields);
    }
    signIn(fields) {
        return this.#show('sign-in', fields);
    }
    secondFactor(fields) {
        return this.#show('second-factor', fields);
    }
    verify(fields) {
        return this.#show('verify', fields);
    }
    async autofill(fields = () => ({})) {
        if (!Passkeys.areSupported || !(await PublicKeyCredential.isConditionalMediationAvailable?.()))
            return null;
        for (;;) {
            const turn = this.#takeTurn();
            const picked = await this.#picked(turn).catch((error) => {
                if (!turn.signal.aborted)
                    throw error;
                return null;
            });
            if (picked !== null)
                return this.#answer('sign-in', picked.begun, picked.credential, fields());
            if (turn.signal.reason !== TOO_OLD)
                return null;
        }
    }
    async #picked(turn) {
        const { signal } = turn;
        const begun = await this.#begin('sign-in', {}, signal);
        const timer = setTimeout(() => turn.abort(TOO_OLD), begun.options.timeout * FRESH_SHARE);
        try {
            const publicKey = requestOptions(begun.options);
            return { begun, credential: await navigator.credentials.get({ publicKey, mediation: 'conditional', signal }) };
        }
        finally {
            clearTimeout(timer);
        }
    }
    async #create(kind, phase, fields = {}) {
        const { signal } = this.#takeTurn();
        const begun = await this.#begin(kind, fields, signal);
        const credential = await navigator.credentials.create({ publicKey: creationOptions(begun.options), signal });
        return this.#answer(phase, begun, credential, fields);
    }
    async #show(kind, fields = {}) {
        const { signal } = this.#takeTurn();
        const begun = await this.#begin(kind, fields, signal);
        const credential = await navigator.credentials.get({ publicKey: requestOptions(begun.options), signal });
        return this.#answer(kind, begun, credential, fields);
    }
    #takeTurn() {
        this.#waiting?.abort();
        this.#waiting = new AbortController();
        return this.#waiting;
    }
    async #begin(kind, fields, signal) {
        const { body } = await this.#post(\`\${kind}-options\`, fields, signal);
        return body;
    }
    #answer(phase, { ceremony }, credential, fields) {
        return this.#post(phase, { ...fields, credential: credential && toJson(credential), ceremony });
    }
    async #post(phase, json, signal = null) {
        const path = typeof this.paths === 'string' ? \`\${this.paths}/\${phase}\` : this.paths[phase];
        if (path === undefined)
            throw new TypeError(\`There is no route for \${phase}\`);
        const headers = { 'content-type': 'application/json', accept: 'application/json' };
        const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(json), signal });
        const body = await response.json().catch(() => undefined);
        const answer = { status: response.status, body, redirectedTo: response.redirected ? response.url : null };
        if (!response.ok)
            throw new PasskeyRefused(answer);
        return answer;
    }
}
const TOO_OLD = 'too old';
const FRESH_SHARE = 0.8;
function creationOptions(options) {
    const { challenge, user, excludeCredentials = [] } = options;
    return {
        ...options,
        challenge: bytesOf(challenge),
        user: { ...user, id: bytesOf(user?.id ?? '') },
        excludeCredentials: excludeCredentials.map(withBytes),
    };
}
function requestOptions(options) {
    const { challenge, allowCredentials = [] } = options;
    return { ...options, challenge: bytesOf(challenge), allowCredentials: allowCredentials.map(withBytes) };
}
function withBytes(described) {
    return { ...described, id: bytesOf(described.id) };
}
function toJson({ id, rawId, type, response }) {
    const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const parts = names.flatMap((name) => (response[name] ? [[name, textOf(response[name])]] : []));
    const transports = response.getTransports?.();
    const shown = { ...Object.fromEntries(parts), ...(transports && { transports }) };
    return { id, rawId: textOf(rawId), type, clientExtensionResults: {}, response: shown };
}
function bytesOf(base64url) {
    const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
function textOf(bytes) {
    const text = String.fromCharCode(...new Uint8Array(bytes));
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
function enhanceForms(passkeys) {
    if (!Passkeys.areSupported)
        return;
    for (const form of document.querySelectorAll('form[data-passkey]')) {
        const perform = ceremonyOf(passkeys, form.dataset.passkey);
        if (perform === undefined)
            continue;
        form.hidden = false;
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            void finish(form, perform(fieldsIn(form)));
        });
    }
    offerAutofill(passkeys);
}
function offerAutofill(passkeys) {
    const [form] = document.querySelectorAll('form[data-passkey="sign-in"]');
    const [input] = document.querySelectorAll('input[autocomplete~="webauthn"]');
    if (form === undefined || input === undefined)
        return;
    void finish(form, passkeys.autofill(() => fieldsIn(form)));
}
function ceremonyOf(passkeys, kind) {
    const ceremonies = new Map([
        ['sign-in', (fields) => passkeys.signIn(fields)],
        ['sign-up', (fields) => passkeys.signUp(fields)],
        ['second-factor', (fields) => passkeys.secondFactor(fields)],
        ['verify', (fields) => passkeys.verify(fields)],
        ['register', (fields) => passkeys.register(fields)],
    ]);
    return ceremonies.get(kind ?? '');
}
async function finish(form, ceremony) {
    const problem = form.querySelector('[data-passkey-problem]');
    if (problem !== null)
        problem.hidden = true;
    try {
        const answer = await ceremony;
        if (answer === null)
            return;
        const next = answer.redirectedTo ?? ownPath(form.dataset.next);
        if (next === null)
            location.reload();
        else
            location.assign(next);
    }
    catch {
        if (problem !== null)
            problem.hidden = false;
    }
}
function ownPath(next) {
    return next !== undefined && /^\\/(?![/\\\\])[^\\\\\\p{Cc}]*$/u.test(next) ? next : null;
}
function fieldsIn(form) {
    const fields = {};
    for (const [name, value] of new FormData(form))
        if (typeof value === 'string')
            fields[name] = value;
    return fields;
}
`;
