import { NAMESPACES } from '../../contracts/environment.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import type { PauseChange } from './pauses.ts';

/** Temporal's own workflow behind a schedule; pauses come to it as signals. */
const SCHEDULER_PREFIX = 'temporal-sys-scheduler:';
const PATCH_SIGNAL = 'patch';

/**
 * Pauses and resumptions by people, oldest first, from the history of the workflow that Temporal keeps behind the
 * schedule. A server that keeps schedules otherwise tells none; then they are not known.
 */
export async function readPauseChanges(
  { connection }: TemporalConnection,
  scheduleId: string,
): Promise<readonly PauseChange[]> {
  const { default: proto } = await import('@temporalio/proto');
  const { tsToMs } = await import('@temporalio/common/lib/time.js');
  const { SchedulePatch } = proto.temporal.api.schedule.v1;
  const changes: PauseChange[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await connection.workflowService
      .getWorkflowExecutionHistory({
        namespace: NAMESPACES.harness,
        execution: { workflowId: `${SCHEDULER_PREFIX}${scheduleId}` },
        nextPageToken,
      })
      .catch(nothingIfUnknown);
    for (const event of page?.history?.events ?? []) {
      const signal = event.workflowExecutionSignaledEventAttributes;
      const payload = signal?.input?.payloads?.[0]?.data;
      if (signal?.signalName !== PATCH_SIGNAL || payload === null || payload === undefined) continue;
      const { pause, unpause } = SchedulePatch.decode(payload);
      const atMs = tsToMs(event.eventTime);
      if (pause !== '') changes.push({ atMs, kind: 'pause', note: pause });
      if (unpause !== '') changes.push({ atMs, kind: 'resume', note: unpause });
    }
    nextPageToken = page?.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0);
  return changes;
}

const GRPC_NOT_FOUND = 5;

function nothingIfUnknown(error: unknown): null {
  if ((error as { code?: unknown }).code === GRPC_NOT_FOUND) return null;
  throw error;
}
