/** Live updates: `WS /ws/customers/{id}?cursor=&token=`. Ordered by `sequence`, replayed from the cursor, no gaps. */
export const EVENT_TYPES = [
  'customer.onboarded',
  'infrastructure.discovered',
  'analysis.started',
  'analysis.completed',
  'analysis.failed',
  'recommendation.created',
  'recommendation.validation',
  'recommendation.validated',
  'recommendation.vetoed',
  'recommendation.approved',
  'recommendation.rejected',
  'recommendation.expired',
  'optimization.started',
  'optimization.step_started',
  'optimization.step_completed',
  'optimization.step_failed',
  'optimization.step_rolled_back',
  'optimization.status',
  'optimization.learned',
  'agent.unreachable',
  'agent.recovered',
  'instance.interruption_notice',
  'deployment.configuration_changed',
  'quality.baseline_recorded',
  'quality.regression_found',
  'conflict.detected',
  'conflict.resolved',
  'resolution_executed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface LiveEvent {
  readonly id: string;
  /** Position in the customer's stream: 1, 2, 3, … without gaps. Also the cursor. */
  readonly sequence: number;
  readonly type: EventType;
  readonly customer_id: string;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}
/** What travels on the socket. */
export type LiveMessage =
  { readonly kind: 'event'; readonly event: LiveEvent } | { readonly kind: 'heartbeat'; readonly at: string };
export const CLOSE_CODES = { unauthenticated: 4401, forbidden: 4403 } as const;
