import { connectEnvironment } from '../../src/environment/index.ts';
import type { EnvironmentHandle } from '../../src/environment/state/environment-handle.ts';
import { environmentNames, PROJECT_ROOT } from '../../src/environment/state/paths.ts';
import type { Clock } from '../../src/support/clock.ts';
import { e2e } from './e2e-command.ts';

/** What every section works with. */
export interface BenchContext {
  readonly clock: Clock;
  /** Fewer repetitions: to see that it works, not to publish. */
  readonly quick: boolean;
  readonly environmentName: string;
  say(line: string): void;
}

export function upWords(name: string): string[] {
  return ['up', '--name', name, '--ports', 'auto'];
}

/** The benchmark's environment, started when no section before has left it up. */
export async function environmentFor(context: BenchContext): Promise<EnvironmentHandle> {
  await e2e(upWords(context.environmentName), context.clock);
  return connectEnvironment(context.environmentName);
}

/** Temporal alone, with an environment's settings: nothing else shares the machine with what is compared. */
export async function temporalFor(context: BenchContext): Promise<EnvironmentHandle> {
  const name = temporalName(context);
  await e2e([...upWords(name), '--only', 'temporal'], context.clock);
  return connectEnvironment(name);
}

function temporalName({ environmentName }: BenchContext): string {
  return `${environmentName}-temporal`;
}

export async function takeDown(context: BenchContext): Promise<void> {
  for (const name of [context.environmentName, temporalName(context)]) {
    if (!environmentNames(PROJECT_ROOT).includes(name)) continue;
    await e2e(['down', '--name', name], context.clock);
  }
}
