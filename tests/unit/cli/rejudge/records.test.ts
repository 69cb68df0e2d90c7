import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { GATES } from '../../../../src/assertions/scenarios/index.ts';
import { rejudgeRun } from '../../../../src/cli/rejudge/rejudge-run.ts';
import type { RunState } from '../../../../src/contracts/runs.ts';
import { SCENARIOS } from '../../../../src/contracts/scenarios/index.ts';

const RECORDS = join(process.cwd(), 'tests', 'records');
const records = readdirSync(RECORDS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json.gz'))
  .map((file) => JSON.parse(gunzipSync(readFileSync(join(RECORDS, file))).toString('utf8')) as RunState);

describe('records of real runs', () => {
  it('are there, of scenarios that there are', () => {
    const known = SCENARIOS.map(({ name }) => name);
    expect(records).not.toEqual([]);
    expect(records.filter(({ scenario }) => !known.includes(scenario))).toEqual([]);
  });

  it.each(records)('of $scenario are judged as they were, gate by gate', (run) => {
    const again = rejudgeRun(run, GATES[run.scenario]!);
    expect(again.flips).toEqual([]);
    expect(again.after).toBe(run.verdict);
    expect(again.phases.map(({ gates }) => gates)).toEqual(run.phases.map(({ gates }) => gates));
  });
});
