import type { RunState } from '../../../contracts/runs.ts';
import { countPassed } from '../../verdicts.ts';
import { showNumber, showShare, showUsd } from '../../values.ts';
import { evidenceNumber } from '../curves/chart-plan.ts';
import { markup, type Markup } from '../markup.ts';

interface Card {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}

/** The run in a few numbers. A number that was not observed has no card: none is guessed. */
export function headline(run: RunState): Markup {
  const cards = [costCard(run), forecastCard(run), latencyCard(run), qualityCard(run), gatesCard(run)].filter(
    (card) => card !== null,
  );
  return markup`<ul class="cards">${cards.map(
    ({ name, value, detail }) =>
      markup`<li><span class="name">${name}</span> <span class="value">${value}</span> <span class="detail">${detail}</span></li>`,
  )}</ul>`;
}

function costCard(run: RunState): Card | null {
  const before = evidenceNumber(run, 'cost.monthly.platform');
  if (before === null) return null;
  const after = evidenceNumber(run, 'cost.monthly.after.platform');
  if (after === null || before === 0) {
    return { name: 'Monthly cost', value: showUsd(before), detail: 'before; no figure after' };
  }
  return {
    name: 'Monthly cost',
    value: showShare((after - before) / before, { signed: true }),
    detail: `${showUsd(before)} → ${showUsd(after)}`,
  };
}

function forecastCard(run: RunState): Card | null {
  const predicted = evidenceNumber(run, 'recommendation.savings');
  if (predicted === null) return null;
  const measured = evidenceNumber(run, 'savings.measured');
  if (measured === null || predicted === 0) {
    return { name: 'Predicted saving', value: showUsd(predicted), detail: 'a month; not measured' };
  }
  return {
    name: 'Saving against forecast',
    value: showShare((measured - predicted) / predicted, { signed: true }),
    detail: `${showUsd(predicted)} → ${showUsd(measured)} a month`,
  };
}

function latencyCard(run: RunState): Card | null {
  return changeCard(run, 'Latency P95', ['baseline.latency.p95', 'after.latency.p95'], 'ms');
}

function qualityCard(run: RunState): Card | null {
  return changeCard(run, 'Quality', ['baseline.quality', 'after.quality'], '');
}

function changeCard(
  run: RunState,
  name: string,
  [first, second]: readonly [string, string],
  unit: string,
): Card | null {
  const before = evidenceNumber(run, first);
  const after = evidenceNumber(run, second);
  if (before === null) return null;
  const show = (value: number): string => `${showNumber(value)}${unit === '' ? '' : ` ${unit}`}`;
  if (after === null) return { name, value: show(before), detail: 'before; no figure after' };
  return { name, value: show(after), detail: `${show(before)} before` };
}

function gatesCard(run: RunState): Card {
  const gates = run.phases.flatMap((phase) => phase.gates);
  const reached = run.phases.filter(({ status }) => status === 'finished' || status === 'running').length;
  return {
    name: 'Gates passed',
    value: `${String(countPassed(gates))} of ${String(gates.length)}`,
    detail: `${String(reached)} of ${String(run.phases.length)} phases reached`,
  };
}
