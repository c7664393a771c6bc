// Child processes that are asked questions over IPC: the servers, and the load generator.
import { fork, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
/** Servers have the first core, the load generator the second, where the machine has two and Linux's `taskset`. */
export const CORES = canPin ? { server: '0', load: '1' } : null;
/**
 * V8 shrinks the heap of a process that waits: of four bare routes that had waited while others were prepared, three cost 22 µs in place of 18
 * from then on, and none with this. A server that is in use does not wait.
 */
const NODE_OPTIONS = ['--no-memory-reducer'];

/** A node process on a core of its own. */
export class Child {
  #process;
  #waiting = new Map();
  #last = 0;
  /** @type {Error | null} */
  #gone = null;

  /** @param role `server` or `load` */
  constructor(role, file, argument = {}) {
    const pinned = CORES && { execPath: 'taskset', execArgv: ['-c', CORES[role], process.execPath, ...NODE_OPTIONS] };
    const env = { ...process.env, NODE_ENV: 'production' };
    this.#process = fork(file, [JSON.stringify(argument)], { execArgv: NODE_OPTIONS, env, ...pinned });
    this.#process.on('message', (message) => this.#settle(message));
    this.#process.on('exit', (code) => this.#fail(new Error(`${JSON.stringify(argument)} exited with ${code}`)));
  }

  /** @throws {Error} what the child threw, or that it is gone */
  async ask(question, data) {
    if (this.#gone) throw this.#gone;
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, question, data });
    });
  }

  #settle({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  #fail(error) {
    this.#gone = error;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}

/** The other side: answers what the parent asks. */
export function answerParent(answers) {
  process.on('message', ({ id, question, data }) => {
    Promise.resolve(data)
      .then(answers[question])
      .then((result) => process.send({ id, result }))
      .catch((/** @type {unknown} */ error) => process.send({ id, error: inspect(error) }));
  });
}
