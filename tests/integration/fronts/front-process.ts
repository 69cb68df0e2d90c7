import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { pythonPaths } from '../../../src/environment/python.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** A front under test: a process of ours, or a real server by URL that the same calls must fit. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** Absent for a server by URL: whoever runs it restarts it. */
  readonly process?: FrontProcess;
}

/** Takes the server named by the variable, else starts our front on a port of its own and an empty directory. */
export async function openFront(script: string, variable: string): Promise<Front> {
  const url = process.env[variable];
  if (url !== undefined) return { url, [Symbol.asyncDispose]: async () => undefined };
  const front = await FrontProcess.start(script);
  return { url: front.url, process: front, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}

export class FrontProcess implements AsyncDisposable {
  readonly #script: string;
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(script: string, directory: string) {
    this.#script = script;
    this.#directory = directory;
  }

  static async start(script: string): Promise<FrontProcess> {
    const front = new FrontProcess(script, await mkdtemp(join(tmpdir(), 'front-')));
    await front.start();
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** Starts on the same data, on the port of the first start. */
  async start(): Promise<void> {
    const child = this.spawn(this.#port);
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout! })) {
      const port = /listens on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      this.#port = Number(port);
      return;
    }
    throw new Error(`${this.#script} ended while it was starting`);
  }

  spawn(port: number): ChildProcess {
    const path = join(ROOT, 'src/environment/fronts', this.#script);
    const parameters = [path, '--port', String(port), '--data-dir', this.#directory];
    return spawn(pythonPaths(ROOT).python, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Ends the process by the signal and returns its exit code, null when the signal itself ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await exited;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.#directory, { recursive: true, force: true });
  }
}
