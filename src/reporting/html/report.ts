import { createHash } from 'node:crypto';

import type { RunEvidenceFile, RunState } from '../../contracts/runs.ts';
import type { Surroundings } from '../surroundings.ts';
import { curvesSection } from './curves/section.ts';
import { markup, type Markup } from './markup.ts';
import { attentionSection, drillNote } from './sections/attention.ts';
import { cleanUpSection } from './sections/clean-up.ts';
import { eventsSection } from './sections/events.ts';
import { evidenceSection } from './sections/evidence.ts';
import { pageHeader } from './sections/header.ts';
import { headline } from './sections/headline.ts';
import { phasesSection } from './sections/phases.ts';
import { timelineSection } from './sections/timeline.ts';
import { STYLES } from './styles.ts';

export interface ReportInput {
  readonly run: RunState;
  /** Curves, steps and events; a text says why there are none. */
  readonly evidence: RunEvidenceFile | { readonly missing: string };
  readonly surroundings: Surroundings;
}

const SECTIONS = [
  ['timeline', 'Time line'],
  ['phases', 'Phases and gates'],
  ['curves', 'Curves'],
  ['events', 'Events'],
  ['evidence', 'Evidence'],
  ['clean-up', 'Clean-up'],
] as const;

/** The page of one run: one file that loads nothing, runs no script and reads on paper and on a phone. */
export function htmlReport({ run, evidence, surroundings }: ReportInput): string {
  const [found, missing] = 'missing' in evidence ? [null, evidence.missing] : [evidence, ''];
  const page = markup`<html lang="en"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}"/>
<title>${run.title}: ${run.verdict ?? 'running'} · ${run.runId}</title>
${styleElement()}</head>
<body><a class="skip" href="#timeline">Skip to the time line</a>
${pageHeader(run, surroundings)}
<nav aria-label="On this page"><ul>${SECTIONS.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>${drillNote(run.input.faults)}${headline(run)}${attentionSection(run)}
${timelineSection(run)}
${phasesSection(run)}
${curvesSection(run, found, missing)}
${eventsSection(found, missing)}
${evidenceSection(run)}
${cleanUpSection(run)}</main>
</body></html>
`;
  return `<!DOCTYPE html>\n${page.text}`;
}

/** Nothing is loaded and no script runs, even if something hostile got past the escaping. */
function contentPolicy(): string {
  const hash = createHash('sha256').update(STYLES.text).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function styleElement(): Markup {
  return markup`<style>${STYLES}</style>`;
}
