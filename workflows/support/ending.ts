import { ActivityFailure, CancellationScope } from '@temporalio/workflow';

import type { Baseline, PublishedRun, RunSubject } from '../../src/contracts/activities.ts';
import type { Verdict } from '../../src/contracts/runs.ts';
import { activities, atOnce } from './activity-proxies.ts';
import type { Attempts } from './attempts.ts';
import { hold } from './hold.ts';
import { reasonOf } from './reasons.ts';
import type { RunRecorder } from './run-recorder.ts';
import { timestamp } from './time.ts';

const TEARDOWN_BUDGET_MS = 120_000;

/** What the body left for the report. */
export interface Remembered {
  readonly optimizationId: string | null;
  readonly baseline: Baseline | null;
}
export interface Ending {
  readonly subjects: readonly RunSubject[];
  /** Was a customer or a prospect asked for? It may be there although nobody told of it. */
  readonly hasFixtures: boolean;
  readonly remembered: Remembered;
  readonly attempts: Attempts;
  /** Wall milliseconds to keep what is there when the run did not pass; 0: clean up at once. */
  readonly keepMs: number;
  /** As the phases have it. */
  readonly verdict: Verdict;
  /** Was the run told to stop by now? */
  readonly cancelled: () => boolean;
}

/** The end of every run, however its body ended: curves, clean-up, verdict, pages. Nothing but a hold can be cancelled. */
export async function finish(recorder: RunRecorder, ending: Ending): Promise<void> {
  await CancellationScope.nonCancellable(() => gather(recorder, ending));
  if (isKept(ending)) await keep(recorder, ending);
  await CancellationScope.nonCancellable(() => leave(recorder, ending));
}

/** A run that was told to stop keeps nothing, and one without customers has nothing to keep. */
function isKept({ keepMs, hasFixtures, verdict, cancelled }: Ending): boolean {
  return keepMs > 0 && hasFixtures && verdict !== 'passed' && verdict !== 'cancelled' && !cancelled();
}

/** The verdict is known and told before the hold; a red one does not change by what comes after it. */
async function keep(recorder: RunRecorder, ending: Ending): Promise<void> {
  recorder.update({ status: 'finished', verdict: ending.verdict, finishedAt: timestamp() });
  ending.attempts.close(ending.verdict);
  await hold(recorder, ending.keepMs, async () => {
    await publish(recorder);
  });
}

async function gather(recorder: RunRecorder, { subjects, remembered }: Ending): Promise<void> {
  const [subject] = subjects;
  for (const phase of recorder.state().phases.filter(({ status }) => status === 'pending')) {
    recorder.updatePhase(phase.name, { status: 'not-reached' });
  }
  if (subject !== undefined) {
    const evidenceFile = await orNull(recorder, 'report · evidence', (what) =>
      durably(what).collectEvidence({ subject, ...remembered }),
    );
    recorder.update({ evidenceFile });
  }
}

async function leave(recorder: RunRecorder, ending: Ending): Promise<void> {
  const cleaned = ending.hasFixtures ? await cleanUp(recorder) : [];
  const verdict = settled(ending, cleaned !== null);
  const { finishedAt } = recorder.state();
  recorder.update({
    cleanup: cleaned === null ? 'failed' : 'done',
    status: 'finished',
    verdict,
    finishedAt: finishedAt ?? timestamp(),
  });
  if (finishedAt === null) ending.attempts.close(verdict);
  const published = await publish(recorder);
  if (published === null) recorder.update({ verdict: settled(ending, false) });
  // The pages say it already; the run's own state, which the live view shows, has to learn it.
  for (const problem of published?.problems ?? []) recorder.fail(problem);
}

/** Only fixtures make anything that stays; a run without any has nothing to take down. */
function cleanUp(recorder: RunRecorder): Promise<readonly string[] | null> {
  const run = { runId: recorder.state().runId };
  return orNull(recorder, 'clean-up', (what) => durably(what).cleanUp(run));
}

/** The pages are written where the run is held; so the run, with all its evidence, need not go into history for it. */
function publish(recorder: RunRecorder): Promise<PublishedRun | null> {
  return orNull(recorder, 'report · pages', (what) =>
    atOnce(TEARDOWN_BUDGET_MS, what, (call) => call.publishRun({ run: recorder.state() })),
  );
}

function durably(what: string): ReturnType<typeof activities> {
  return activities('teardown', TEARDOWN_BUDGET_MS, what);
}

/** A run passes only when its end went well too; what goes wrong there never hides what the phases found. */
function settled({ verdict, cancelled }: Ending, endedWell: boolean): Verdict {
  if (verdict !== 'passed') return verdict;
  if (cancelled()) return 'cancelled';
  return endedWell ? 'passed' : 'infra-error';
}

/** Null when the activity failed for good; the reason is kept with the run. */
async function orNull<T>(
  recorder: RunRecorder,
  what: string,
  work: (what: string) => Promise<T>,
): Promise<T | null> {
  try {
    return await work(what);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    recorder.fail(`${what}: ${reasonOf(error)}`);
    return null;
  }
}
