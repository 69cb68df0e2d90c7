import type { EvidenceValue } from '../contracts/runs.ts';

/** Units that name a kind of value, not a measure: they are never shown behind it. */
const UNITS_OF_KIND = new Set(['', 'text', 'flag', 'count']);
const NO_VALUE = 'nothing';

/** What was observed with its unit, unless the text ends with that unit already or the unit says nothing. */
export function withUnit(observed: string, unit: string): string {
  const alreadySaid = observed === unit || observed.endsWith(` ${unit}`);
  if (UNITS_OF_KIND.has(unit) || alreadySaid || observed === '' || observed === NO_VALUE) return observed;
  return `${observed} ${unit}`;
}

/** A value for people: thousands with commas, at most four digits behind the point, lists with commas. */
export function showEvidence(value: EvidenceValue): string {
  if (value === null) return NO_VALUE;
  if (typeof value === 'number') return showNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : value.map((each) => showEvidence(each)).join(', ');
}

export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const maximumFractionDigits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return value.toLocaleString('en-US', { maximumFractionDigits });
}

/** `$120,012` */
export function showUsd(value: number): string {
  const rounded = Math.round(value);
  return `${rounded < 0 ? '−' : ''}$${Math.abs(rounded).toLocaleString('en-US')}`;
}

/** `12.4 %`, with a sign when asked for a change. */
export function showShare(share: number, { signed = false } = {}): string {
  const percent = share * 100;
  const digits = Math.abs(percent) >= 10 ? 1 : 2;
  const sign = percent < 0 ? '−' : signed && percent > 0 ? '+' : '';
  return `${sign}${Number(Math.abs(percent).toFixed(digits)).toString()} %`;
}
