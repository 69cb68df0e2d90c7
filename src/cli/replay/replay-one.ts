import type { History } from '@temporalio/common/lib/proto-utils.js';

import { SCENARIOS } from '../../contracts/scenarios/index.ts';
import { describeError } from '../../support/errors.ts';
import { firstDivergence, gist } from './divergence.ts';
import type { RecordedHistory } from './history-codec.ts';
import type { LoadHistory } from './load-history.ts';
import type { HistoryReference, ReplayOutcome } from './outcome.ts';
import type { ReplayStream } from './replay-stream.ts';

/** Replays one history and says what came of it; throws for nothing that the history is to blame for. */
export async function replayOne(
  reference: HistoryReference,
  load: LoadHistory,
  stream: ReplayStream,
): Promise<ReplayOutcome> {
  const source = reference.kind === 'file' ? reference.path : runIdOf(reference.workflowId);
  try {
    const recorded = await load(reference);
    return { ...knownOf(source, recorded), ...(await judge(recorded, stream)) };
  } catch (error) {
    return { ...NOTHING_KNOWN, source, status: 'unreadable', divergence: null, reason: describeError(error) };
  }
}

const NOTHING_KNOWN = { runId: null, scenario: null, workflowRunId: null, events: 0 } as const;

function knownOf(source: string, { workflowId, workflowType, workflowRunId, history }: RecordedHistory) {
  return {
    source,
    runId: runIdOf(workflowId),
    scenario: SCENARIOS.find((each) => each.workflowType === workflowType)?.name ?? workflowType,
    workflowRunId,
    events: history.events?.length ?? 0,
  };
}

type Judgement = Pick<ReplayOutcome, 'status' | 'divergence' | 'reason'>;

async function judge({ workflowId, history }: RecordedHistory, stream: ReplayStream): Promise<Judgement> {
  const error = await stream.replay(workflowId, history);
  if (error === null) return { status: 'fits', divergence: null, reason: null };
  const reason = gist(error.message).split('\n')[0] ?? '';
  if (isForeign(error.message)) return { status: 'foreign', divergence: null, reason };
  if (error.name !== 'DeterminismViolationError') return { status: 'failed', divergence: null, reason };
  const fits = async (beginning: History) => (await stream.replay(workflowId, beginning)) === null;
  return { status: 'diverged', divergence: await firstDivergence(history, error.message, fits), reason };
}

/** What Temporal says of a workflow type that the bundle does not export. */
function isForeign(message: string): boolean {
  return message.includes('no such function is exported by the workflow bundle');
}

/** `e2e-20261128-…` → `20261128-…`; other workflows keep their id. */
export function runIdOf(workflowId: string): string {
  return workflowId.replace(/^e2e-(?:suite-)?/, '');
}
