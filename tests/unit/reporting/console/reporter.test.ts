import { describe, expect, it } from 'vitest';

import type { Paint } from '../../../../src/reporting/console/look.ts';
import { createConsoleReporter } from '../../../../src/reporting/console/reporter.ts';
import { estimateFrom } from '../../../../src/reporting/estimate.ts';
import { eventsBetween } from '../../../../src/reporting/events.ts';
import type { RunState } from '../../../../src/contracts/runs.ts';
import {
  cancelledRun,
  gate,
  inconclusiveRun,
  infraErrorRun,
  passedRun,
  rolledBackRun,
  runningRun,
  RUN_STARTED_MS,
  scenarioInput,
} from '../../../fixtures/runs.ts';

const same = (text: string): string => text;
const plain: Paint = { bold: same, dim: same, green: same, red: same, yellow: same };
const wrap =
  (code: number) =>
  (text: string): string =>
    `\u001b[${String(code)}m${text}\u001b[0m`;
const coloured: Paint = { bold: wrap(1), dim: wrap(2), green: wrap(32), red: wrap(31), yellow: wrap(33) };

interface Told {
  readonly terminal?: boolean;
  readonly paint?: Paint;
  readonly columns?: number;
}

function tell(run: RunState, { terminal = false, paint = plain, columns = 80 }: Told = {}): string {
  let text = '';
  const reporter = createConsoleReporter({
    write: (part) => void (text += part),
    terminal,
    paint,
    nowMs: () => RUN_STARTED_MS,
    columns,
  });
  for (const event of eventsBetween(null, run)) reporter.report(event);
  reporter.end?.();
  return text;
}

/** Code points from U+2190 on that a plain log must not hold; typographic letters are text. */
const SIGNS = /[\u2190-\u21FF\u2300-\u2BFF\u{1F000}-\u{1FAFF}]/u;

describe('the console in a terminal', () => {
  it('tells a passed run like the sample', () => {
    expect(tell(passedRun(), { terminal: true })).toMatchInlineSnapshot(`
      "🚀 TESTING COMPLETE SPOT MIGRATION WORKFLOW
      ======================================================================
      run 20261122-140133-o45r, seed 7, reference prices, calm market

      📊 PHASE 1: Recording initial state...
        Initial monthly cost: $120,012
        Latency P50/P95/P99: 823 ms / 1604 ms / 2192 ms over 3582 requests
        ✅ passed: 3 of 3 gates in 5.4 s

      🔍 PHASE 2: Triggering cost agent analysis...
        Analysis ID: anl_cr5ntqz3bn9vypnq
        ✅ passed: 2 of 2 gates in 0.3 s

      ⏳ PHASE 3: Waiting for spot migration recommendation...
        Recommendation: rec_6a1x0u3k9m2p4q7s
        Estimated savings: $55,460/month
        ✅ passed: 2 of 2 gates in 1.9 s

      🤝 PHASE 4: Waiting for multi-agent validation...
        3 agents validated: performance, resource, application
        ✅ passed: 2 of 2 gates in 1.2 s

      👤 PHASE 5: Customer approves recommendation...
        Approved by the customer. Optimization ID: opt_ha28c0n7d1q9x3bz
        ✅ passed: 2 of 2 gates in 0.4 s

      ⚙️  PHASE 6: Monitoring execution...
        Optimization completed, 7 steps
        Traffic on new nodes: 10.1 %, 49.8 %, 100 %
        ✅ passed: 3 of 3 gates in 21.8 s

      ✅ PHASE 7: Validating quality maintained...
        Quality 0.931 over 3104 answers, 0 errors
        ✅ passed: 2 of 2 gates in 3.6 s

      💰 PHASE 8: Validating cost savings...
        New monthly cost: $63,410
        Actual savings: $56,602/month
        ✅ passed: 2 of 2 gates in 0.7 s

      🧠 PHASE 9: Verifying learning loop...
        Pattern stored; a twin customer’s forecast uses it
        ✅ passed: 2 of 2 gates in 2.3 s

      ======================================================================
      ✅ SPOT MIGRATION E2E TEST PASSED
      ======================================================================
      9 of 9 phases run, 20 of 20 gates passed, 41.1 s, clean-up done
      "
    `);
  });

  it('shows a red gate with expected, observed, source, and that it was a drill', () => {
    expect(tell(rolledBackRun(), { terminal: true })).toMatchInlineSnapshot(`
      "🚀 TESTING COMPLETE SPOT MIGRATION WORKFLOW
      ======================================================================
      run 20261122-140133-o45r, seed 7, reference prices, calm market
      ⚡ drill: slow-nodes before monitor-execution

      📊 PHASE 1: Recording initial state...
        Initial monthly cost: $120,012
        Latency P50/P95/P99: 823 ms / 1604 ms / 2192 ms over 3582 requests
        ✅ passed: 3 of 3 gates in 5.4 s

      🔍 PHASE 2: Triggering cost agent analysis...
        Analysis ID: anl_cr5ntqz3bn9vypnq
        ✅ passed: 2 of 2 gates in 0.3 s

      ⏳ PHASE 3: Waiting for spot migration recommendation...
        Recommendation: rec_6a1x0u3k9m2p4q7s
        Estimated savings: $55,460/month
        ✅ passed: 2 of 2 gates in 1.9 s

      🤝 PHASE 4: Waiting for multi-agent validation...
        3 agents validated: performance, resource, application
        ✅ passed: 2 of 2 gates in 1.2 s

      👤 PHASE 5: Customer approves recommendation...
        Approved by the customer. Optimization ID: opt_ha28c0n7d1q9x3bz
        ✅ passed: 2 of 2 gates in 0.4 s

      ⚙️  PHASE 6: Monitoring execution...
        Optimization rolled back: canary P95 2561 ms against 1604 ms
        ✗ optimization-successful: rolled_back is not completed
          expected completed, observed rolled_back
          source: GET /optimizations/{id}
        ? traffic-at-50-percent: no evidence for traffic.new-nodes-share.at-50
          expected 0.5 ± 0.03, observed nothing
          source: ClickHouse inference_requests
        ❌ failed: 1 of 3 gates in 21.8 s

      ======================================================================
      ❌ SPOT MIGRATION E2E TEST FAILED
      ======================================================================
      6 of 9 phases run, 12 of 14 gates passed, 34.5 s, clean-up done
      "
    `);
  });

  it.each([
    ['inconclusive', inconclusiveRun()],
    ['infra-error', infraErrorRun()],
    ['cancelled', cancelledRun()],
  ])('ends a run that is %s in its own words', (_, run) => {
    expect(lastLines(tell(run, { terminal: true }))).toMatchSnapshot();
  });

  it('colours what is green and what is red', () => {
    const text = tell(rolledBackRun(), { terminal: true, paint: coloured });
    expect(text).toContain('\u001b[32m✅ passed: 3 of 3 gates in 5.4 s');
    expect(text).toContain('\u001b[31m❌ failed: 1 of 3 gates in 21.8 s');
    expect(text).toContain('\u001b[33m  ? traffic-at-50-percent');
  });
});

describe('the console elsewhere', () => {
  it('tells a passed run in plain words', () => {
    expect(tell(passedRun())).toMatchInlineSnapshot(`
      "TESTING COMPLETE SPOT MIGRATION WORKFLOW
      ======================================================================
      run 20261122-140133-o45r, seed 7, reference prices, calm market

      PHASE 1: Recording initial state...
        Initial monthly cost: $120,012
        Latency P50/P95/P99: 823 ms / 1604 ms / 2192 ms over 3582 requests
        passed: 3 of 3 gates in 5.4 s

      PHASE 2: Triggering cost agent analysis...
        Analysis ID: anl_cr5ntqz3bn9vypnq
        passed: 2 of 2 gates in 0.3 s

      PHASE 3: Waiting for spot migration recommendation...
        Recommendation: rec_6a1x0u3k9m2p4q7s
        Estimated savings: $55,460/month
        passed: 2 of 2 gates in 1.9 s

      PHASE 4: Waiting for multi-agent validation...
        3 agents validated: performance, resource, application
        passed: 2 of 2 gates in 1.2 s

      PHASE 5: Customer approves recommendation...
        Approved by the customer. Optimization ID: opt_ha28c0n7d1q9x3bz
        passed: 2 of 2 gates in 0.4 s

      PHASE 6: Monitoring execution...
        Optimization completed, 7 steps
        Traffic on new nodes: 10.1 %, 49.8 %, 100 %
        passed: 3 of 3 gates in 21.8 s

      PHASE 7: Validating quality maintained...
        Quality 0.931 over 3104 answers, 0 errors
        passed: 2 of 2 gates in 3.6 s

      PHASE 8: Validating cost savings...
        New monthly cost: $63,410
        Actual savings: $56,602/month
        passed: 2 of 2 gates in 0.7 s

      PHASE 9: Verifying learning loop...
        Pattern stored; a twin customer’s forecast uses it
        passed: 2 of 2 gates in 2.3 s

      ======================================================================
      SPOT MIGRATION E2E TEST PASSED
      ======================================================================
      9 of 9 phases run, 20 of 20 gates passed, 41.1 s, clean-up done
      "
    `);
  });

  it('tells a failed run in plain words', () => {
    expect(tell(rolledBackRun())).toMatchInlineSnapshot(`
      "TESTING COMPLETE SPOT MIGRATION WORKFLOW
      ======================================================================
      run 20261122-140133-o45r, seed 7, reference prices, calm market
      drill: slow-nodes before monitor-execution

      PHASE 1: Recording initial state...
        Initial monthly cost: $120,012
        Latency P50/P95/P99: 823 ms / 1604 ms / 2192 ms over 3582 requests
        passed: 3 of 3 gates in 5.4 s

      PHASE 2: Triggering cost agent analysis...
        Analysis ID: anl_cr5ntqz3bn9vypnq
        passed: 2 of 2 gates in 0.3 s

      PHASE 3: Waiting for spot migration recommendation...
        Recommendation: rec_6a1x0u3k9m2p4q7s
        Estimated savings: $55,460/month
        passed: 2 of 2 gates in 1.9 s

      PHASE 4: Waiting for multi-agent validation...
        3 agents validated: performance, resource, application
        passed: 2 of 2 gates in 1.2 s

      PHASE 5: Customer approves recommendation...
        Approved by the customer. Optimization ID: opt_ha28c0n7d1q9x3bz
        passed: 2 of 2 gates in 0.4 s

      PHASE 6: Monitoring execution...
        Optimization rolled back: canary P95 2561 ms against 1604 ms
        failed: optimization-successful: rolled_back is not completed
          expected completed, observed rolled_back
          source: GET /optimizations/{id}
        inconclusive: traffic-at-50-percent: no evidence for
        traffic.new-nodes-share.at-50
          expected 0.5 ± 0.03, observed nothing
          source: ClickHouse inference_requests
        failed: 1 of 3 gates in 21.8 s

      ======================================================================
      SPOT MIGRATION E2E TEST FAILED
      ======================================================================
      6 of 9 phases run, 12 of 14 gates passed, 34.5 s, clean-up done
      "
    `);
  });

  it.each([
    ['inconclusive', inconclusiveRun()],
    ['infra-error', infraErrorRun()],
    ['cancelled', cancelledRun()],
  ])('ends a run that is %s in its own words', (_, run) => {
    expect(lastLines(tell(run))).toMatchSnapshot();
  });

  it.each([passedRun(), rolledBackRun(), inconclusiveRun(), infraErrorRun(), cancelledRun()])(
    'holds no emoji and no control sequence ($verdict)',
    (run) => {
      const text = tell(run);
      expect(text).not.toMatch(SIGNS);
      expect(text).not.toContain('\u001b');
    },
  );

  it('says no unit twice', () => {
    const [phase] = inconclusiveRun().phases;
    const late = gate({ gate: 'phase-budget', verdict: 'failed', observed: '10.6 s', unit: 's' });
    const text = tell({ ...inconclusiveRun(), phases: [{ ...phase!, gates: [late] }] });
    expect(text).toContain('observed 10.6 s\n');
    expect(text).not.toContain('s s');
  });

  it('shows what went wrong outside of the phases', () => {
    const text = tell({
      ...passedRun({ verdict: 'infra-error', cleanup: 'failed' }),
      errors: ['clean-up: EC2 is gone'],
    });
    expect(text).toContain('clean-up: EC2 is gone');
    expect(text).toContain('clean-up failed');
  });
});

describe('texts of others', () => {
  const hostile = 'a \u001b[31mred\u001b[0m \u001b]0;title\u0007 bell\u0007\r\nnext \u202Ereversed';

  it('keep their words and lose what would move the cursor', () => {
    const [first, ...rest] = passedRun().phases;
    const text = tell({ ...passedRun(), phases: [{ ...first!, notes: [hostile], error: hostile }, ...rest] });
    expect(text).toContain('  a red bell next reversed\n');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  });

  it('stay within 80 columns and are cut when endless', () => {
    const [first, ...rest] = passedRun().phases;
    const notes = ['word '.repeat(300), 'x'.repeat(900), '界'.repeat(200)];
    const text = tell(
      { ...passedRun(), phases: [{ ...first!, notes }, ...rest] },
      { terminal: true, columns: 200 },
    );
    expect(text).toContain('the report has the rest');
    const widths = text.split('\n').map((line) => line.replaceAll('界', '##').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });
});

describe('the line that shows elapsed time', () => {
  const NOW = Date.parse(runningRun(6).phases[5]?.startedAt ?? '') + 12_000;

  function status(
    run: RunState,
    past: readonly RunState[],
    { terminal = true, columns = 80, nowMs = NOW } = {},
  ) {
    let text = '';
    const estimate = estimateFrom(past);
    const write = (part: string): void => void (text += part);
    const reporter = createConsoleReporter({
      write,
      terminal,
      paint: plain,
      nowMs: () => nowMs,
      columns,
      estimate,
    });
    reporter.tick?.(run);
    reporter.end?.();
    return text.replaceAll('\r\u001b[2K', '');
  }
  const past = passedRun({ runId: 'past' });

  it('says elapsed and budget, and the rest as past runs took it', () => {
    expect(status(runningRun(6), [])).toBe('  … elapsed 12 s of 10 min');
    expect(status(runningRun(6), [past])).toBe('  … elapsed 12 s of 10 min, about 17 s to go (1 past run)');
  });

  it('says when a run takes longer than usual', () => {
    const late = { nowMs: NOW + 60_000 };
    expect(status(runningRun(6), [past, { ...past, runId: 'other' }], late)).toContain(
      'longer than in 2 past runs',
    );
  });

  it('says what happens before and after the phases', () => {
    expect(status(runningRun(0), [], { nowMs: RUN_STARTED_MS + 3_000 })).toBe(
      '  … preparing the customer, 3 s',
    );
    const collecting = { ...passedRun(), status: 'running' as const, verdict: null, finishedAt: null };
    expect(status(collecting, [])).toContain('collecting evidence and cleaning up');
    const between = collecting.phases.map((phase) =>
      phase.number === 9 ? { ...phase, status: 'pending' as const } : phase,
    );
    expect(status({ ...collecting, phases: between }, [])).toContain('preparing the next phase');
  });

  it('is not written elsewhere than in a terminal, nor after the end', () => {
    expect(status(runningRun(6), [], { terminal: false })).toBe('');
    expect(status(passedRun(), [])).toBe('');
  });

  it('never wraps: a wrapped line could not be cleared', () => {
    expect(status(runningRun(6), [past], { columns: 40 }).length).toBeLessThanOrEqual(40);
  });

  it('makes room for the next event', () => {
    let text = '';
    const reporter = createConsoleReporter({
      write: (part) => void (text += part),
      terminal: true,
      paint: plain,
      nowMs: () => NOW,
    });
    reporter.tick?.(runningRun(6));
    reporter.report({ type: 'step-changed', step: 'deploy_canary', status: 'completed' });
    expect(text.endsWith('\r\u001b[2K  ✓ deploy_canary completed\n')).toBe(true);
  });
});

it('invites a person to decide when the run waits for one', () => {
  const waiting = runningRun(5);
  const input = scenarioInput({ approve: 'manual' });
  expect(tell({ ...waiting, input })).toContain(`e2e approve ${waiting.runId} --reason`);
  expect(tell(waiting)).not.toContain('e2e approve');
});

function lastLines(text: string): string {
  return text.slice(text.lastIndexOf('PHASE'));
}
