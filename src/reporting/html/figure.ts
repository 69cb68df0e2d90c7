import type { EvidenceValue } from '../../contracts/runs.ts';
import type { Cursor } from '../documents/cursor.ts';
import { showDuration, showTime, showTimeOfDay } from '../times.ts';
import { showEvidence, showNumber, showShare, showUsd } from '../values.ts';
import { markup, type Markup } from './markup.ts';

/** How a figure is written. Each knows one kind of value and refuses others: nothing is shown for what is missing. */
export const FORMATS = {
  count: numeric((value) => value.toLocaleString('en-US')),
  /** A number that is a name: a seed, a phase, a place in a sequence. */
  ordinal: numeric(String),
  number: numeric(showNumber),
  ms: numeric((value) => `${showNumber(value)} ms`),
  usd: numeric(showUsd),
  share: numeric((value) => showShare(value)),
  change: numeric((value) => showShare(value, { signed: true })),
  /** For meters: no digits behind the point. */
  percent: numeric((value) => (value * 100 < 1 ? '< 1 %' : `${(value * 100).toFixed(0)} %`)),
  duration: numeric(showDuration),
  seconds: numeric((value) => `${String(value / 1000)} s`),
  /** Of a timestamp or of epoch milliseconds, in UTC. */
  time: (value) => showTime(timeOf(value)),
  timeOfDay: (value) => showTimeOfDay(timeOf(value)),
  evidence: showEvidence,
  /** As it was given. */
  setting: rawOf,
} as const satisfies Record<string, (value: EvidenceValue) => string>;
export type Format = keyof typeof FORMATS;
/** Formats of plain numbers. */
export type NumberFormat = Exclude<Format, 'time' | 'timeOfDay' | 'evidence' | 'setting'>;

/**
 * A figure of the page. It is taken from its place in the document and carries the path, so whoever reads the JSON
 * finds the same number there; a test holds every page to it.
 */
export function figure(at: Cursor<EvidenceValue>, format: Format): Markup {
  return markup`<data value="${rawOf(at.value)}" data-figure="${at.path}" data-format="${format}">${FORMATS[format](at.value)}</data>`;
}

/** The same inside a picture. */
export function pictureFigure(at: Cursor<EvidenceValue>, format: Format): Markup {
  return markup`<tspan data-figure="${at.path}" data-format="${format}">${FORMATS[format](at.value)}</tspan>`;
}

function rawOf(value: EvidenceValue): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function numeric(show: (value: number) => string): (value: EvidenceValue) => string {
  return (value) => {
    if (typeof value !== 'number') throw new TypeError(`no number to show: ${JSON.stringify(value)}`);
    return show(value);
  };
}

function timeOf(value: EvidenceValue): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`no time to show: ${JSON.stringify(value)}`);
}
