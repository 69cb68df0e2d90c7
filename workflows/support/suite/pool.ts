import { CancellationScope, condition } from '@temporalio/workflow';

import { scenarioNamed } from '../../../src/contracts/suite-plan.ts';
import { nextItem } from '../../../src/contracts/suite-turns.ts';
import { stopsTheSuite } from '../../../src/contracts/suite-verdict.ts';
import { CANCELLED, runItem } from './item.ts';
import type { SuiteRecorder } from './recorder.ts';

const tagsOf = (scenario: string): readonly string[] => scenarioNamed(scenario).tags;

/**
 * Starts items as soon as there is room for them and waits for all that run. `goes-on`: this history is long enough
 * by the tries it has seen; nothing runs then, for a child does not follow its parent into a new history.
 */
export async function runItems(
  recorder: SuiteRecorder,
  isEnough: (ended: number) => boolean,
): Promise<'over' | 'goes-on' | 'cancelled'> {
  const children = CancellationScope.current();
  const before = triesOf(recorder);
  let running = 0;
  let ended = 0;
  const stopped = (): boolean => children.consideredCancelled || redRun(recorder) !== null;
  const enough = (): boolean => isEnough(triesOf(recorder) - before);
  // The children are cancelled with the suite; the waiting is not, so that each of them is seen to its end.
  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      while (!stopped() && !enough()) {
        const next = nextItem(recorder.state().items, recorder.state().input, tagsOf);
        if (next === null) break;
        running += 1;
        recorder.updateItem(next.number, { status: 'running' });
        void children
          .run(() => runItem(recorder, next.number, () => !stopped()))
          .catch((error: unknown) => breakItem(recorder, next.number, error))
          .finally(() => {
            running -= 1;
            ended += 1;
          });
      }
      if (running === 0) break;
      const seen = ended;
      await condition(() => ended > seen);
    }
  });
  blockTheRest(recorder, children.consideredCancelled);
  if (children.consideredCancelled) return 'cancelled';
  return recorder.state().items.some(({ status }) => status === 'waiting') ? 'goes-on' : 'over';
}

function triesOf(recorder: SuiteRecorder): number {
  return recorder
    .state()
    .items.reduce((sum, { runs, outcome }) => sum + (outcome === 'blocked' ? 1 : runs.length), 0);
}

/** A fault in the suite's own code. Thrown on, it would make Temporal repeat the task for ever, without a word. */
function breakItem(recorder: SuiteRecorder, number: number, error: unknown): void {
  recorder.updateItem(number, { status: 'finished', outcome: 'infra-error' });
  const fault = `item ${String(number)}: fault of the suite: ${String(error)}`;
  recorder.update({ errors: [...recorder.state().errors, fault] });
}

/** The run that fail-fast stops for. */
function redRun(recorder: SuiteRecorder): string | null {
  const { input, items } = recorder.state();
  if (!input.failFast) return null;
  const red = items.find(({ outcome }) => outcome !== null && stopsTheSuite(outcome));
  return red === undefined
    ? null
    : `${red.scenario} (${red.runIds.at(-1) ?? 'no run'}) is ${red.outcome ?? ''}`;
}

function blockTheRest(recorder: SuiteRecorder, cancelled: boolean): void {
  const red = redRun(recorder);
  if (red === null && !cancelled) return;
  const block = cancelled
    ? CANCELLED
    : ({ blockedBy: `fail-fast: ${red ?? ''}`, blockedFor: 'red-run' } as const);
  for (const { number, status } of recorder.state().items) {
    if (status === 'waiting')
      recorder.updateItem(number, { ...block, status: 'finished', outcome: 'blocked' });
  }
}
