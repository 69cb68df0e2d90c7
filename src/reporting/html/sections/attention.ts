import type { InjectedFault, RunState } from '../../../contracts/runs.ts';
import { redGates } from '../../verdicts.ts';
import { withUnit } from '../../values.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';
import { faultPosition } from '../../fault-position.ts';

/** What a reader must know first: that it was a drill, what broke, which gates are not green and why. */
export function attentionSection(run: RunState): Markup | null {
  const errors = run.phases.filter(({ error }) => error !== null);
  const red = redGates(run);
  const items = [
    ...errors.map(
      (phase) =>
        markup`<li><p>${badge(phase.verdict ?? 'infra-error')} phase ${phase.number}, ${phase.title}</p><pre>${phase.error}</pre></li>`,
    ),
    ...red.map(
      ({ phase, gate }) =>
        markup`<li><p>${badge(gate.verdict)} <code>${gate.gate}</code> in phase <a href="#phase-${phase.number}">${phase.number}, ${phase.title}</a></p>
<p>${gate.reason}: expected <b>${gate.expected}</b>, observed <b>${withUnit(gate.observed, gate.unit)}</b></p></li>`,
    ),
    ...(run.errors ?? []).map(
      (error) => markup`<li><p>${badge('infra-error')} outside of the phases</p><pre>${error}</pre></li>`,
    ),
    ...(run.cleanup === 'failed'
      ? [
          markup`<li><p>${badge('infra-error')} Clean-up failed: something of this run may still be there.</p></li>`,
        ]
      : []),
  ];
  if (items.length === 0) return null;
  return section('attention', 'Why it is not green', markup`<ul class="attention">${items}</ul>`);
}

/** Faults that were switched on by purpose. */
export function drillNote(faults: readonly InjectedFault[]): Markup | null {
  if (faults.length === 0) return null;
  const rows = faults.map(
    (each) => markup`<li><b>${each.fault.kind}</b> ${faultPosition(each)}: ${faultDetails(each.fault)}</li>`,
  );
  return markup`<aside class="drill" aria-label="This run is a drill"><p><strong>⚡ Drill:</strong> faults were switched on by purpose. Judge the platform by how it answered them.</p><ul>${rows}</ul></aside>`;
}

function faultDetails(fault: InjectedFault['fault']): string {
  const details = Object.entries(fault).filter(([name]) => name !== 'kind');
  return details.length === 0
    ? 'no settings'
    : details.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}
