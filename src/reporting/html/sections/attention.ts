import type { EvidenceValue, InjectedFault, PhaseRecord } from '../../../contracts/runs.ts';
import { each, type Cursor } from '../../documents/cursor.ts';
import { redGates } from '../../verdicts.ts';
import { withUnit } from '../../values.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';
import { faultPosition } from '../../fault-position.ts';
import { phasePlaces, type RunPage } from '../run-page.ts';

/** What a reader must know first: that it was a drill, what broke, which gates are not green and why. */
export function attentionSection(page: RunPage): Markup | null {
  const run = page.value.run;
  const places = phasePlaces(page);
  const numberOf = (phase: PhaseRecord): Markup | null => {
    const place = places.find((each) => each.phase === phase);
    return place === undefined ? null : figure(place.at.at('number'), 'ordinal');
  };
  const errors = run.phases.filter(({ error }) => error !== null);
  const red = redGates(run);
  const items = [
    ...errors.map(
      (phase) =>
        markup`<li><p>${badge(phase.verdict ?? 'infra-error')} phase ${numberOf(phase)}, ${phase.title}</p><pre>${phase.error}</pre></li>`,
    ),
    ...red.map(
      ({ phase, gate }) =>
        markup`<li><p>${badge(gate.verdict)} <code>${gate.gate}</code> in phase <a href="#phase-${String(phase.number)}">${numberOf(phase)}, ${phase.title}</a></p>
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
export function drillNote(page: RunPage): Markup | null {
  const faults = each(page.at('run').at('input').at('faults'));
  if (faults.length === 0) return null;
  const rows = faults.map(
    (at) =>
      markup`<li><b>${at.value.fault.kind}</b> ${faultPosition(at.value)}: ${faultDetails(at.at('fault'))}</li>`,
  );
  return markup`<aside class="drill" aria-label="This run is a drill"><p><strong>⚡ Drill:</strong> faults were switched on by purpose. Judge the platform by how it answered them.</p><ul>${rows}</ul></aside>`;
}

function faultDetails(fault: Cursor<InjectedFault['fault']>): Markup {
  // Every setting of a fault is plain: a number, a text, or a list of texts.
  const settings = fault as unknown as Cursor<Readonly<Record<string, EvidenceValue>>>;
  const names = Object.keys(fault.value).filter((name) => name !== 'kind');
  if (names.length === 0) return markup`no settings`;
  return markup`${names.map((name, index) => markup`${index === 0 ? '' : ', '}${name} ${figure(settings.at(name), 'setting')}`)}`;
}
