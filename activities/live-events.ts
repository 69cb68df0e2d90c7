import type { EventType, LiveEvent } from '../src/contracts/api/events.ts';
import type { ExecutionStep } from '../src/contracts/api/recommendations.ts';

/** What must have been told of a step that is in this status; one that still runs has only begun. */
const TOLD: Readonly<Record<ExecutionStep['status'], readonly EventType[]>> = {
  pending: [],
  running: ['optimization.step_started'],
  completed: ['optimization.step_started', 'optimization.step_completed'],
  failed: ['optimization.step_started', 'optimization.step_failed'],
  rolled_back: ['optimization.step_started', 'optimization.step_rolled_back'],
};

/** Sequence without a gap, and of every step that began its start and its end. No step at all proves nothing. */
export function areOrderedAndComplete(
  events: readonly Pick<LiveEvent, 'sequence' | 'type' | 'data'>[],
  steps: readonly Pick<ExecutionStep, 'name' | 'status'>[],
): boolean {
  const ordered = events.every(({ sequence }, index) => sequence === index + 1);
  const begun = steps.filter(({ status }) => status !== 'pending');
  const isTold = (type: EventType, step: string): boolean =>
    events.some((event) => event.type === type && (event.data['step'] ?? event.data['name']) === step);
  return (
    ordered &&
    begun.length > 0 &&
    begun.every(({ name, status }) => TOLD[status].every((type) => isTold(type, name)))
  );
}
