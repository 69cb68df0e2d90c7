import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';

/** What an analysis of one deployment gave: drafts, and what must be said besides. */
export interface Finding {
  readonly drafts: readonly RecommendationDraft[];
  readonly findings: readonly string[];
}

export const found = (...findings: string[]): Finding => ({ drafts: [], findings });

export function joined(parts: readonly Finding[]): Finding {
  return {
    drafts: parts.flatMap(({ drafts }) => drafts),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

export function usd(value: number): string {
  return `${value < 0 ? '−' : ''}$${Math.round(Math.abs(value)).toLocaleString('en-US')}`;
}
