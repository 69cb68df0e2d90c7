import helmet from '@fastify/helmet';
import { createClient } from '@clickhouse/client';

import type { Clock } from '../../support/clock.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import { describeApi } from '../kit/openapi.ts';
import { exposeMetrics } from '../kit/prometheus.ts';
import type { Service } from '../kit/run-service.ts';
import { createServer, type PlatformServer } from '../kit/server.ts';
import { createAudit } from './audit/audit.ts';
import { registerAuditRoutes } from './audit/routes.ts';
import { migrateClickHouse } from './clickhouse/migrate.ts';
import type { CoreServices } from './core-services.ts';
import { resealCredentials } from './customers/credentials.ts';
import { registerCustomerRoutes } from './customers/routes.ts';
import { createSealing } from './customers/sealing.ts';
import { createDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { createEventHub } from './events/hub.ts';
import { createOutbox } from './events/outbox.ts';
import { startRelay } from './events/relay.ts';
import { registerEventRoutes } from './events/routes.ts';
import { createFlowState } from './flow-state.ts';
import { createAccessTokens } from './identity/access-tokens.ts';
import { ensureAdministrator } from './identity/administrator.ts';
import { createAuthentication } from './identity/authentication.ts';
import { createGuards } from './identity/guards.ts';
import { registerIdentityRoutes } from './identity/routes.ts';
import { answerOnce } from './limits/idempotency.ts';
import { limitRates } from './limits/rate-limit.ts';
import { refuseNullCharacters } from './limits/storable-text.ts';
import { createTurns } from './limits/turns.ts';
import { createWindowCounter } from './limits/window-counter.ts';
import { connectRedis } from './redis.ts';
import { LOOPS, SLICES } from './slices.ts';

const VERSION = '0.1.0';
const ALLOWED_QUERY_MS = 30_000;

export interface OrchestratorOptions {
  readonly postgresUrl: string;
  readonly postgresOwnerUrl: string;
  readonly clickhouseUrl: string;
  readonly redisUrl: string;
  readonly marketUrl: string;
  readonly executorUrl: string;
  readonly agentKey: string;
  readonly serviceKey: string;
  /** Base64 keys by comma: the first seals, the others still open. */
  readonly sealingKey: string;
  readonly tokenKey: string;
  readonly administrator: { readonly email: string; readonly password: string };
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** The orchestrator, wired in plain sight. Stores are brought up to date before anything is served. */
export async function buildOrchestrator(options: OrchestratorOptions): Promise<Service> {
  const services = await createServices(options);
  await Promise.all([
    migrate(options.postgresOwnerUrl).then(async () => {
      await ensureAdministrator(services, options.administrator);
      await resealCredentials(services);
    }),
    migrateClickHouse(services.clickhouse),
  ]);
  const server = await createRoutes(services);
  const running: { stop(): Promise<void> }[] = [];
  return {
    server,
    started: async () => {
      const { database, redis, clock, logger } = services;
      running.push(startRelay({ database, redis, clock, logger, postgresUrl: options.postgresUrl }));
      running.push(...LOOPS.map((start) => start(services)));
    },
    close: async () => {
      await Promise.all(running.map((loop) => loop.stop()));
      await services.hub.close();
      services.redis.disconnect();
      await Promise.all([services.database.close(), services.clickhouse.close()]);
    },
  };
}

async function createServices(options: OrchestratorOptions): Promise<CoreServices> {
  const { clock, ids, logger, agentKey, serviceKey, marketUrl, executorUrl } = options;
  // Keys first: a malformed one stops the start before anything is opened.
  const sealing = createSealing(options.sealingKey);
  const accessTokens = createAccessTokens({ key: options.tokenKey, clock });
  const redis = await connectRedis(options.redisUrl, logger);
  const database = createDatabase({
    url: options.postgresUrl,
    onIdleError: (error) => logger.warn({ err: error }, 'an idle connection to PostgreSQL broke'),
  });
  const audit = createAudit({ clock, ids });
  const authentication = createAuthentication({ database, accessTokens, clock, agentKey, serviceKey });
  return {
    database,
    audit,
    outbox: createOutbox({ clock, ids }),
    guards: createGuards({ authentication, database, audit }),
    clickhouse: createClient({ url: options.clickhouseUrl, request_timeout: ALLOWED_QUERY_MS }),
    redis,
    clock,
    ids,
    logger,
    marketUrl,
    executorUrl,
    serviceKey,
    agentKey,
    sealing,
    accessTokens,
    authentication,
    counter: createWindowCounter({ redis, clock, logger }),
    loginTurns: createTurns(),
    hub: createEventHub({ database, redis, logger }),
    flow: createFlowState(),
  };
}

/** Order matters: what is registered before the limits is not limited (health, metrics, the API's description). */
async function createRoutes(services: CoreServices): Promise<PlatformServer> {
  const server = createServer({
    service: 'orchestrator',
    version: VERSION,
    logger: services.logger,
    dependencies: {
      postgres: () => services.database.asSystem(async () => undefined),
      redis: async () => {
        await services.redis.ping();
      },
      clickhouse: async () => {
        const answer = await services.clickhouse.ping();
        if (!answer.success) throw answer.error;
      },
    },
  });
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
  });
  exposeMetrics(server, 'orchestrator');
  await describeApi(server, { title: 'OptiInfra', version: VERSION });
  await limitRates(server, services);
  refuseNullCharacters(server);
  answerOnce(server, services);
  registerIdentityRoutes(server, services);
  registerCustomerRoutes(server, services);
  registerAuditRoutes(server, services);
  for (const register of SLICES) register(server, services);
  await registerEventRoutes(server, services);
  return server;
}
