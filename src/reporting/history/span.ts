import type { HistorySpan } from '../../contracts/history.ts';
import type { HistoryConnection } from './connection.ts';

/** Runs of a span, as the head of a query: `chosen` holds the ids of the runs meant, drills among them. */
export interface SpanQuery {
  readonly head: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** More than anybody has. */
const ALL = 1_000_000;

export function spanQuery({ database }: HistoryConnection, span: HistorySpan): SpanQuery {
  return {
    // Attempts of one run are one run, and it began when the first of them did.
    head: `WITH chosen AS (
      SELECT run_id FROM ${database}.runs
      WHERE (empty({scenarios:Array(String)}) OR scenario IN {scenarios:Array(String)})
      GROUP BY scenario, run_id, drill
      HAVING min(started_at) >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
      ORDER BY min(started_at) DESC, run_id DESC
      LIMIT {last:UInt32} BY scenario, drill)`,
    parameters: {
      scenarios: [...(span.scenarios ?? [])],
      since: span.since ?? '1970-01-01T00:00:00Z',
      last: span.last ?? ALL,
    },
  };
}
