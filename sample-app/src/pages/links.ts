import { html, type Html } from 'nest-auth-plug/pages';
import type { Link } from '../rooms/room.js';

/** In one line; nothing where there are none. */
export function linksLine(links: readonly Link[]): Html {
  const items = links.map(({ href, text }, index) => html`${index > 0 && ' · '}<a href="${href}">${text}</a>`);
  return html`${items.length > 0 && html`<p>${items}</p>`}`;
}
