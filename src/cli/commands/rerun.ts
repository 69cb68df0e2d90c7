import { join } from 'node:path';

import type { Command } from 'commander';

import type { InjectedFault, RunState } from '../../contracts/runs.ts';
import { SCENARIOS, type ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { actingUser } from '../acting-user.ts';
import { checkFaults, collectFault } from '../runs/planned-faults.ts';
import type { RerunSource, RerunWish } from '../runs/plan-rerun.ts';
import { checkSettings, collectSetting, type Settings } from '../runs/settings.ts';
import type { TemporalConnection } from '../runs/temporal.ts';

interface RerunOptions {
  readonly from?: string;
  readonly set: Settings;
  readonly fault?: readonly InjectedFault[];
  readonly faults: boolean;
  readonly clearFaults?: boolean;
  readonly by: string;
  readonly reason: string;
  readonly name: string;
  readonly json?: boolean;
  readonly detach?: boolean;
}

export function registerRerun(program: Command): void {
  program
    .command('rerun')
    .description('begin a run again at a phase, keeping what was recorded before it: another attempt of it')
    .argument('<run>', 'id of the run, the beginning of one, or `last`')
    .option('--from <phase>', 'name or number of the phase (default: the first that is red)')
    .option('--set <name=value>', 'change a setting of the scenario; repeatable', collectSetting, {})
    .option(
      '--fault <phase[@step]:json>',
      'what happens to the world this time, instead of what was planned; repeatable',
      (text: string, faults: readonly InjectedFault[] | undefined) => collectFault(text, faults ?? []),
    )
    .option('--no-faults', 'nothing of what was planned happens to the world this time')
    .option('--clear-faults', 'the same, and what was done to the world before is undone first')
    .option('--reason <text>', 'why, for the report', 'none was given')
    .option('--by <name>', 'who orders it', actingUser())
    .option('--name <name>', 'environment it runs in', 'default')
    .option('--json', 'one event an object, one object a line')
    .option('--detach', 'order it and return at once')
    .addHelpText(
      'after',
      `
A run cleans up at its end, so keep what a red run needs: \`e2e run --keep-on-red 30m\`. From the first phase a
run can always begin anew, with customers of its own. The first verdict stays in every report.

Examples:
  e2e rerun 20261128-2250                                  at its first red phase
  e2e rerun 20261128-2250 --from validate-savings --reason "prices are back"
  e2e rerun 20261128-2250 --clear-faults                   with the world mended
  e2e rerun 20261128-2250 --from 1 --set fail-at=validate_canary`,
    )
    .action(rerun);
}

async function rerun(word: string, options: RerunOptions): Promise<void> {
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { orderRerun } = await import('../runs/order-rerun.ts');
  const { planRerun } = await import('../runs/plan-rerun.ts');
  const { descriptor } = connectEnvironment(options.name);
  const clock = createClock(descriptor.anchor);
  await using temporal = await connectTemporal(descriptor);
  const source = await sourceOf(temporal, word, clock.wallMs());
  const plan = planRerun(source, wishOf(source, options));
  const { runId } = source.state;
  const answer = await orderRerun(temporal, source.state, plan, clock);
  if (options.detach === true) {
    process.stdout.write(`${runId}: ${answer}\n`);
    return;
  }
  const { attach } = await import('../runs/attach.ts');
  process.exitCode = await attach({
    temporal,
    descriptor,
    runId,
    clock,
    json: options.json === true,
    runsDirectory: join(PROJECT_ROOT, '.e2e', 'runs'),
  });
}

async function sourceOf(temporal: TemporalConnection, word: string, nowMs: number): Promise<RerunSource> {
  const { findRun } = await import('../runs/find-run.ts');
  const handle = await findRun(temporal, word);
  const { RUN_STATE_QUERY } = await import('../../contracts/runs.ts');
  const state = await handle.query<RunState>(RUN_STATE_QUERY);
  const { events } = await handle.fetchHistory();
  return { state, definition: definitionOf(state), events: events ?? [], nowMs };
}

function definitionOf({ scenario, runId }: RunState): ScenarioDefinition {
  const found = SCENARIOS.find(({ name }) => name === scenario);
  if (found !== undefined) return found;
  throw new OptiInfraError(
    'RERUN_REFUSED',
    `run ${runId} is of scenario ${scenario}, which is not there any more`,
  );
}

function wishOf({ definition, state }: RerunSource, options: RerunOptions): RerunWish {
  const { from, set, by, reason } = options;
  checkSettings(definition, set);
  const faults = faultsOf(options, from ?? state.phases.find(isRed)?.name ?? '');
  if (faults !== undefined) checkFaults(definition, faults);
  return { from, settings: set, faults, by, reason };
}

const isRed = ({ verdict }: RunState['phases'][number]): boolean => verdict !== null && verdict !== 'passed';

/** Undefined: what was planned happens again. */
function faultsOf(
  { fault, faults, clearFaults }: RerunOptions,
  phase: string,
): readonly InjectedFault[] | undefined {
  const told = fault ?? (faults ? undefined : []);
  if (clearFaults !== true) return told;
  return [{ phase, fault: { kind: 'clear-faults' } }, ...(told ?? [])];
}
