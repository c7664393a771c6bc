import { createHash } from 'node:crypto';
import { Html } from './html.js';

// System colours and fonts: it looks at home in light and dark, and asks for nothing over the network.
const CSS = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 22%, Canvas); --accent: light-dark(#1d4ed8, #93b4ff); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f4f5f7, #15171b); color: CanvasText; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: Canvas; border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1.25rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
form { margin: 0 0 1rem; }
label { display: block; margin-bottom: 1rem; font-weight: 600; }
label small { display: block; font-weight: 400; }
label.check { font-weight: 400; }
input { font: inherit; color: inherit; }
input:not([type=checkbox]) { display: block; width: 100%; margin-top: .25rem; padding: .5rem .65rem; font-weight: 400;
  background: Field; border: 1px solid var(--line); border-radius: .4rem; }
input[aria-invalid] { border-color: light-dark(#b3261e, #ff9c94); }
.problem, [role=alert] { color: light-dark(#b3261e, #ff9c94); }
button { width: 100%; padding: .6rem; font: inherit; font-weight: 600; cursor: pointer; border: 0; border-radius: .4rem;
  background: var(--accent); color: Canvas; }
:is(a, button, input):focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 60%, Canvas); outline-offset: 2px; }
`;

/** The style of every page. Its hash is in the policy, so not one other style is applied. */
export const styleElement = new Html(`<style>${CSS}</style>`);

/** CSP Level 3 §2.3.1 `hash-source`: over the text between the tags, to the byte. */
export const styleHash = `'sha256-${createHash('sha256').update(CSS).digest('base64')}'`;
