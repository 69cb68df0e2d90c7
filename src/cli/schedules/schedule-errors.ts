import type { TemporalConnection } from '../runs/temporal.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

/** Says an unknown schedule and a Temporal that went away in our words; everything else passes as it is. */
export async function inScheduleWords<T>(
  temporal: TemporalConnection,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const { ScheduleNotFoundError, ServiceError, isGrpcServiceError } = await import('@temporalio/client');
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) throw await unknownSchedule(temporal, name);
    if (error instanceof ServiceError || isGrpcServiceError(error)) throw temporalRefused(error);
    throw error;
  }
}

function temporalRefused(cause: Error): OptiInfraError {
  return new OptiInfraError('TEMPORAL_UNREACHABLE', 'Temporal did not answer, or refused', {
    cause: cause.cause instanceof Error ? cause.cause : cause,
    hint: '`e2e health` shows every process.',
  });
}

async function unknownSchedule(temporal: TemporalConnection, name: string): Promise<OptiInfraError> {
  const names = await scheduleNames(temporal);
  const near = nearestName(name, names);
  const there =
    names.length === 0
      ? '`e2e schedule create` makes one.'
      : `There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.`;
  return new OptiInfraError('UNKNOWN_SCHEDULE', `there is no schedule "${name}"`, {
    hint: near === undefined ? there : `Did you mean \`${near}\`?`,
  });
}

export async function scheduleNames({ client }: TemporalConnection): Promise<string[]> {
  const names: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) names.push(scheduleId);
  return names.sort();
}
