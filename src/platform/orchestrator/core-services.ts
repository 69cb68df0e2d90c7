import type { Audit, OrchestratorServices } from './services.ts';
import type { AuditEntry } from './audit/audit.ts';
import type { EventHub } from './events/hub.ts';
import type { AccessTokens } from './identity/access-tokens.ts';
import type { Authentication } from './identity/authentication.ts';
import type { Turns } from './limits/turns.ts';
import type { WindowCounter } from './limits/window-counter.ts';
import type { Trx } from './services.ts';

/** What identity, customers, audit, events and limits need beyond what every slice sees. */
export interface CoreServices extends OrchestratorServices {
  readonly audit: Audit & {
    appendPlatform(trx: Trx, entry: Omit<AuditEntry, 'customerId'>): Promise<void>;
  };
  readonly accessTokens: AccessTokens;
  readonly authentication: Authentication;
  readonly counter: WindowCounter;
  readonly loginTurns: Turns;
  readonly hub: EventHub;
}
