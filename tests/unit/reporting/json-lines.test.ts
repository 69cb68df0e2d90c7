import { expect, it } from 'vitest';

import { eventsBetween } from '../../../src/reporting/events.ts';
import { createJsonReporter } from '../../../src/reporting/json-lines.ts';
import { rolledBackRun } from '../../fixtures/runs.ts';

it('writes one object a line, whatever line breaks the texts hold', () => {
  const lines: string[] = [];
  const reporter = createJsonReporter((text) => void lines.push(text));
  const [first, ...rest] = rolledBackRun().phases;
  const run = { ...rolledBackRun(), phases: [{ ...first!, notes: ['one\ntwo'] }, ...rest] };
  for (const event of eventsBetween(null, run)) reporter.report(event);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  const events = lines.map((line) => JSON.parse(line) as { type: string; verdict?: string });
  expect(events[0]).toMatchObject({ type: 'run-started', run: { runId: run.runId } });
  expect(events[2]).toMatchObject({ type: 'phase-finished', phase: { notes: ['one\ntwo'] } });
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', verdict: 'failed' });
});
