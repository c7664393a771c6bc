import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve as absolute } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOOKS = pathToFileURL(absolute('test/adapters/typescript-hooks.mjs')).href;
const REGISTER = `data:text/javascript,import{register}from'node:module';register(${JSON.stringify(HOOKS)})`;

/** A process of its own that runs a script of ours; see {@link answer} for its side. */
export class TestProcess {
  readonly #inbox: Inbox;

  private constructor(private readonly child: ChildProcess) {
    this.#inbox = new Inbox(child);
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param script A TypeScript file, as a path from the root of the repository. It may import `nest-auth-plug` and its rooms.
   */
  static async start(script: string): Promise<TestProcess> {
    const child = fork(absolute(script), [], {
      execArgv: ['--import', REGISTER, '--conditions=source', '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced', // dates, bigints and bytes arrive as what they are
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const started = new TestProcess(child);
    await started.#inbox.next();
    return started;
  }

  /** Gives it a task; answers what the script answered. A task that throws rejects here. */
  async ask(input: unknown): Promise<unknown> {
    this.child.send({ input });
    return this.#inbox.next();
  }

  /** Gives it a task that tells of its steps, until `heard` says that it is enough; the process is then killed with -9. */
  async killDuring(input: unknown, heard: (message: unknown) => boolean): Promise<void> {
    this.child.send({ input });
    while (!heard(await this.#inbox.next()));
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  /** Ends it, whatever it is at. To be called when a test is over, passed or failed: jest waits for what is left. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

/** Gives the same task to two processes at the same moment. */
export async function inTwoProcesses(script: string, input: unknown): Promise<readonly [unknown, unknown]> {
  const [left, right] = await Promise.all([TestProcess.start(script), TestProcess.start(script)]);
  try {
    return await Promise.all([left.ask(input), right.ask(input)]);
  } finally {
    await Promise.all([left.stop(), right.stop()]);
  }
}

interface Message {
  readonly value?: unknown;
  readonly error?: string;
}

/** What a process has told and nobody has listened to yet. */
class Inbox {
  readonly #messages: Message[] = [];
  #arrived: () => void = () => undefined;

  constructor(child: ChildProcess) {
    // Only `answer` below writes to this channel.
    child.on('message', (message) => this.#add(message as Message));
    child.on('exit', (code, signal) => this.#add({ error: `the process ended with ${signal ?? code}` }));
  }

  async next(): Promise<unknown> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const { value, error } = this.#messages.shift() ?? {};
    if (error !== undefined) throw new Error(error);
    return value;
  }

  #add(message: Message): void {
    this.#messages.push(message);
    this.#arrived();
  }
}

function tell(message: Message): void {
  process.send?.(message);
}

/**
 * The other side: what a script does with the tasks it is given. Ends with the test.
 *
 * @param work May tell of its steps; its answer is told last.
 */
export function answer(work: (input: unknown, tellStep: (step: unknown) => void) => Promise<unknown>): void {
  process.on('message', (message: { readonly input: unknown }) => {
    work(message.input, (value) => tell({ value })).then(
      (value) => tell({ value }),
      (error: unknown) => tell({ error: error instanceof Error ? `${error.name}: ${error.message}` : 'failed' }),
    );
  });
  process.on('disconnect', () => process.exit());
  tell({ value: 'ready' });
}
