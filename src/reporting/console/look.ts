import type { GateResult, Verdict } from '../../contracts/runs.ts';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** The signs of a console: emoji in a terminal, plain words anywhere else. */
export interface Look {
  readonly title: string;
  readonly phase: (name: string) => string;
  readonly verdict: (verdict: Verdict) => string;
  readonly gate: (verdict: GateResult['verdict']) => string;
  readonly step: (status: string) => string;
  readonly drill: string;
}

const PHASE_SIGNS: Readonly<Record<string, string>> = {
  'record-initial-state': '📊',
  'trigger-cost-analysis': '🔍',
  'await-recommendation': '⏳',
  'multi-agent-validation': '🤝',
  'customer-approval': '👤',
  'monitor-execution': '⚙️ ',
  'validate-quality': '✅',
  'validate-savings': '💰',
  'verify-learning': '🧠',
};

const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  passed: '✅',
  failed: '❌',
  inconclusive: '❔',
  'infra-error': '🔌',
  cancelled: '🛑',
};

export const TERMINAL_LOOK: Look = {
  title: '🚀 ',
  phase: (name) => `${PHASE_SIGNS[name] ?? '🔹'} `,
  verdict: (verdict) => `${VERDICT_SIGNS[verdict]} `,
  gate: (verdict) => (verdict === 'failed' ? '✗ ' : '? '),
  step: (status) => (status === 'completed' ? '✓ ' : '· '),
  drill: '⚡ ',
};

export const PLAIN_LOOK: Look = {
  title: '',
  phase: () => '',
  verdict: () => '',
  gate: (verdict) => `${verdict}: `,
  step: () => '',
  drill: '',
};

export function colourOf(verdict: Verdict | null, paint: Paint): (text: string) => string {
  if (verdict === 'passed') return paint.green;
  return verdict === 'failed' || verdict === 'infra-error' ? paint.red : paint.yellow;
}
