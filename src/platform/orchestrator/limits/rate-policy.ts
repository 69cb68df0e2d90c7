import { REQUESTS_PER_MINUTE } from '../../../contracts/api/common.ts';
import type { Identity } from '../identity/authentication.ts';

export const RATE_WINDOW_MS = 60_000;
/** Per address: sign-ups, logins and whoever proves nobody. */
export const ANONYMOUS_REQUESTS_PER_MINUTE = 600;
/** The agent-runtime ships telemetry all the time; it may not eat its customer's allowance, nor flood us. */
const RUNTIME_REQUESTS_PER_MINUTE = 6_000;
const ADMIN_REQUESTS_PER_MINUTE = 6_000;

/** Whose allowance a request draws on. */
export interface Allowance {
  readonly key: string;
  readonly requestsPerMinute: number;
}

/** Null: not limited (agents and services of ours, which present their key). */
export function allowanceOf(identity: Identity | undefined, remoteAddress: string): Allowance | null {
  if (identity === undefined) {
    return { key: `address:${remoteAddress}`, requestsPerMinute: ANONYMOUS_REQUESTS_PER_MINUTE };
  }
  const { caller, plan } = identity;
  switch (caller.kind) {
    case 'owner':
      // An owner always has a plan; without one the smallest holds.
      return { key: `customer:${caller.customerId}`, requestsPerMinute: REQUESTS_PER_MINUTE[plan ?? 'free'] };
    case 'runtime':
      return { key: `runtime:${caller.customerId}`, requestsPerMinute: RUNTIME_REQUESTS_PER_MINUTE };
    case 'admin':
      return { key: `admin:${caller.actor}`, requestsPerMinute: ADMIN_REQUESTS_PER_MINUTE };
    case 'agent':
    case 'service':
      return null;
  }
}
