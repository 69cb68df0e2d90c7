import type { PhaseRecord, RunState } from '../contracts/runs.ts';

/** JUnit XML of one run: the scenario a suite, each phase a case. What is not passed is a failure, an error or skipped. */
export function junitXml(run: RunState): string {
  const count = (...verdicts: string[]): number =>
    run.phases.filter(({ verdict }) => verdict !== null && verdicts.includes(verdict)).length;
  const attributes = [
    `name="${escapeXml(run.scenario)}"`,
    `tests="${String(run.phases.length)}"`,
    `failures="${String(count('failed', 'inconclusive'))}"`,
    `errors="${String(count('infra-error', 'cancelled'))}"`,
    `skipped="${String(run.phases.filter(({ verdict }) => verdict === null).length)}"`,
    `time="${seconds(run.phases.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))}"`,
    `timestamp="${run.startedAt}"`,
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="optiinfra-e2e">`,
    `  <testsuite ${attributes}>`,
    '    <properties>',
    ...properties(run),
    '    </properties>',
    ...run.phases.map((phase) => testCase(run, phase)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function properties(run: RunState): string[] {
  const values = {
    run: run.runId,
    verdict: run.verdict ?? 'running',
    seed: String(run.input.seed),
    prices: run.input.prices,
    preset: run.input.preset,
    git_revision: run.input.gitRevision,
    workflow: run.temporal.workflowId,
  };
  return Object.entries(values).map(
    ([name, value]) => `      <property name="${name}" value="${escapeXml(value)}"/>`,
  );
}

function testCase(run: RunState, phase: PhaseRecord): string {
  const head = `    <testcase classname="${escapeXml(run.scenario)}" name="${String(phase.number)} ${escapeXml(phase.name)}" time="${seconds(phase.durationMs ?? 0)}"`;
  if (phase.verdict === 'passed') return `${head}/>`;
  return `${head}>\n      ${outcome(phase)}\n    </testcase>`;
}

function outcome(phase: PhaseRecord): string {
  const red = phase.gates.filter(({ verdict }) => verdict !== 'passed');
  const message = escapeXml(red.map((gate) => `${gate.gate}: ${gate.reason}`).join('; '));
  const detail = escapeXml(
    red
      .map((gate) => `${gate.gate}: expected ${gate.expected}, observed ${gate.observed} (${gate.source})`)
      .join('\n'),
  );
  switch (phase.verdict) {
    case 'failed':
      return `<failure type="failed" message="${message}">${detail}</failure>`;
    case 'inconclusive':
      return `<failure type="inconclusive" message="${message}">${detail}</failure>`;
    case 'infra-error':
    case 'cancelled':
      return `<error type="${phase.verdict}" message="${escapeXml(phase.error ?? phase.verdict)}"/>`;
    case 'passed':
    case null:
      return `<skipped message="not reached"/>`;
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Escapes markup and drops characters that XML 1.0 forbids. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '');
}
