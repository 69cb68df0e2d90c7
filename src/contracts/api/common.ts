/** Words and shapes that several parts of the HTTP contract share. JSON over HTTP is snake_case; money is USD. */

export const AGENT_TYPES = ['cost', 'performance', 'resource', 'application'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const PLANS = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

/** Requests a customer may make in a minute, by plan. */
export const REQUESTS_PER_MINUTE: Readonly<Record<Plan, number>> = { free: 60, pro: 600, enterprise: 6000 };

export const CLOUD_PROVIDERS = ['aws', 'gcp'] as const;
export type CloudProvider = (typeof CLOUD_PROVIDERS)[number];

export const LIFECYCLES = ['on_demand', 'spot'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export const RISK_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Hours of a month in every price and saving (spec: 730). */
export const HOURS_PER_MONTH = 730;

/** A page of a list. `next_cursor` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
