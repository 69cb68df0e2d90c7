import type { ScheduleSummary } from '@temporalio/client';

import type { TemporalConnection } from '../runs/temporal.ts';
import { suiteIdOf } from '../../contracts/suites.ts';
import { inScheduleWords } from './schedule-errors.ts';
import { noteOf } from './words.ts';

/** A row of `e2e schedule list`. */
export interface ScheduleRow {
  readonly name: string;
  readonly paused: boolean;
  readonly note: string;
  /** Null: it was not made by `e2e schedule create`. */
  readonly when: string | null;
  readonly what: string | null;
  readonly timeZone: string;
  readonly nextMs: number | null;
  readonly lastSuiteId: string | null;
}

export async function listSchedules(temporal: TemporalConnection): Promise<readonly ScheduleRow[]> {
  return inScheduleWords(temporal, '', async () => {
    const rows: ScheduleRow[] = [];
    for await (const summary of temporal.client.schedule.list()) rows.push(rowOf(summary));
    return rows.sort((left, right) => left.name.localeCompare(right.name));
  });
}

function rowOf({ scheduleId, spec, memo, state, info }: ScheduleSummary): ScheduleRow {
  const about = noteOf(memo);
  const last = info.recentActions.at(-1);
  return {
    name: scheduleId,
    paused: state.paused,
    note: state.note ?? '',
    when: about?.when ?? null,
    what: about?.what ?? null,
    timeZone: spec?.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
    nextMs: info.nextActionTimes[0]?.getTime() ?? null,
    lastSuiteId: last === undefined ? null : suiteIdOf(last.action.workflow.workflowId),
  };
}
