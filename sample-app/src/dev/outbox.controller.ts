import { Controller, Get, UseGuards } from '@nestjs/common';
import { html, page } from 'nest-auth-plug/pages';
import type { Message } from 'nest-auth-plug';
import { Pages } from '../pages/pages.decorator.js';
import { LoopbackGuard } from './loopback.guard.js';
import { Outbox } from './outbox.js';

/** What was sent, newest first, for whoever sits at this machine. */
@Pages()
@UseGuards(LoopbackGuard)
@Controller('dev/outbox')
export class OutboxController {
  constructor(private readonly outbox: Outbox) {}

  @Get()
  list() {
    const messages = this.outbox.messages.toReversed();
    const body = html`${messages.length === 0 && html`<p>Nothing was sent since the app started.</p>`}
      ${messages.map(messageItem)}
      <p><a href="/sign-in">Back to the app</a></p>`;
    return page({ title: 'Outbox', body });
  }
}

function messageItem({ purpose, to, link, code, signIn }: Message) {
  return html`<p>
    To ${to}, about ${purpose}:<br />
    ${link !== undefined && html`<a href="${link.href}">Open the link</a>`}
    ${code !== undefined && html`The code is <strong>${code}</strong>`}
    ${signIn !== undefined && html`Somebody signed in on ${signIn.deviceName ?? 'an unknown device'}`}
  </p>`;
}
