import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { launchProcess, processDied } from '../../../../src/environment/processes/launch.ts';
import { lastLogLines } from '../../../../src/environment/processes/log-tail.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'launch-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function options(file: string, words: readonly string[]) {
  return {
    name: 'engine',
    logFile: join(directory, 'logs', 'engine.log'),
    processFile: join(directory, 'processes', 'engine.json'),
    command: {
      file,
      arguments: words,
      variables: { PATH: process.env['PATH'], SECRET: undefined },
      workingDirectory: directory,
    },
  };
}

describe('launchProcess', () => {
  it('notes the process and keeps its output', async () => {
    const choice = options('/bin/sh', ['-c', 'echo to out; echo to err >&2; exit 7']);
    const { identity, ended } = await launchProcess(choice);
    expect(await ended).toBe('exit code 7');
    expect(JSON.parse(readFileSync(choice.processFile, 'utf8'))).toEqual(identity);
    expect(lastLogLines(choice.logFile)).toEqual(['to out', 'to err']);
    expect(processDied('engine', 'exit code 7', choice.logFile)).toMatchObject({
      code: 'PROCESS_DIED',
      message: 'engine ended while it was starting (exit code 7)',
      details: { logLines: ['to out', 'to err'] },
    });
  });

  it('leaves the given variables alone, while its own coverage is measured too', async () => {
    const before = process.env['NODE_V8_COVERAGE'];
    process.env['NODE_V8_COVERAGE'] = join(directory, 'raw');
    try {
      const choice = options('/bin/sh', ['-c', 'exit 0']);
      await (
        await launchProcess(choice)
      ).ended;
      expect(choice.command.variables).not.toHaveProperty('NODE_V8_COVERAGE');
    } finally {
      if (before === undefined) delete process.env['NODE_V8_COVERAGE'];
      else process.env['NODE_V8_COVERAGE'] = before;
    }
  });

  it('names a missing program', async () => {
    await expect(launchProcess(options('/nowhere/engine', []))).rejects.toMatchObject({
      code: 'BINARY_MISSING',
      message: 'engine could not be started: /nowhere/engine',
    });
  });
});

describe('lastLogLines', () => {
  it('gives the last lines only, and none of a log that is not there', async () => {
    const choice = options('/bin/sh', ['-c', 'seq 1 5000']);
    await (
      await launchProcess(choice)
    ).ended;
    expect(lastLogLines(choice.logFile, 3)).toEqual(['4998', '4999', '5000']);
    expect(lastLogLines(join(directory, 'absent.log'))).toEqual([]);
  });
});
