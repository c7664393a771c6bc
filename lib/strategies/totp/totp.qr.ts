import type { Problem } from '../../errors/index.js';
import { html, type Html } from '../../pages/index.js';

type Library = typeof import('uqr');

/** Light modules around a code, without which readers do not find it (ISO/IEC 18004 §9.1). */
const QUIET_ZONE = 4;

/** At first use, or at boot: an app without QR codes needs no such package. */
function library(): Promise<Library> {
  return import('uqr');
}

/** Dark on light also in a dark page: most readers take nothing else. */
export async function qrCode(text: string): Promise<Html> {
  const { encode } = await library();
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${size} ${size}"
    width="240"
    height="240"
    role="img"
    aria-label="QR code"
    shape-rendering="crispEdges"
  >
    <path fill="#fff" d="M0 0h${size}v${size}H0z" />
    <path fill="#000" d="${dark.join('')}" />
  </svg>`;
}

/** @param load As {@link library} does it. */
export async function qrProblems(where: string, load: () => Promise<unknown> = library): Promise<readonly Problem[]> {
  try {
    await load();
    return [];
  } catch {
    const wrong = 'the package "uqr" cannot be loaded, which draws QR codes';
    return [{ where, wrong, cure: 'npm install uqr, or write qr: false' }];
  }
}
