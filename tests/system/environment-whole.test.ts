import { afterAll, describe, expect, it } from 'vitest';

import { connectEnvironment, killProcess, restartProcess } from '../../src/environment/index.ts';
import { PROCESS_NAMES, displayName } from '../../src/environment/names.ts';
import { isFree } from '../../src/environment/ports.ts';
import { e2e, remainsOf } from './support/e2e-command.ts';

const NAME = 'system-test-whole';

interface Health {
  readonly healthy: boolean;
  readonly processes: readonly { readonly name: string; readonly healthy: boolean }[];
}

async function health(): Promise<Health> {
  return JSON.parse((await e2e('health', '--name', NAME, '--json')).output) as Health;
}

afterAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', '--name', NAME);
});

describe('the whole environment', () => {
  it('goes up, loses a service and gets it back, and goes down without a trace', async () => {
    const started = await e2e('up', '--name', NAME, '--ports', 'auto');
    expect(started).toMatchObject({ exitCode: 0, errors: '' });
    const whole = await health();
    expect(whole.processes.map(({ name }) => name).toSorted()).toEqual(
      PROCESS_NAMES.map(displayName).toSorted(),
    );
    expect(whole.processes.filter((row) => !row.healthy)).toEqual([]);

    const environment = connectEnvironment(NAME);
    await killProcess(environment, 'orchestrator');
    const broken = await health();
    expect(broken.healthy).toBe(false);
    expect(broken.processes.find(({ name }) => name === 'orchestrator')?.healthy).toBe(false);
    await restartProcess(environment, 'orchestrator');
    const back = await health();
    expect(back.processes.find(({ name }) => name === 'orchestrator')?.healthy).toBe(true);

    expect((await e2e('down', '--name', NAME)).exitCode).toBe(0);
    expect(remainsOf(NAME)).toEqual([]);
    for (const port of Object.values(environment.descriptor.ports)) expect(await isFree(port)).toBe(true);
  });
});
