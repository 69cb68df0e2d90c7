import { randomIds } from '../../support/ids.ts';
import { runService } from '../kit/run-service.ts';
import { buildOrchestrator } from './app.ts';

await runService('orchestrator', ({ config, clock, logger }) =>
  buildOrchestrator({
    postgresUrl: config.text('OPTIINFRA_POSTGRES_URL'),
    postgresOwnerUrl: config.text('OPTIINFRA_POSTGRES_OWNER_URL'),
    clickhouseUrl: config.text('OPTIINFRA_CLICKHOUSE_URL'),
    redisUrl: config.text('OPTIINFRA_REDIS_URL'),
    marketUrl: config.text('OPTIINFRA_MARKET_URL'),
    executorUrl: config.text('OPTIINFRA_EXECUTOR_URL'),
    agentKey: config.text('OPTIINFRA_AGENT_KEY'),
    serviceKey: config.text('OPTIINFRA_SERVICE_KEY'),
    sealingKey: config.text('OPTIINFRA_SEALING_KEY'),
    tokenKey: config.text('OPTIINFRA_TOKEN_KEY'),
    administrator: {
      email: config.text('OPTIINFRA_ADMIN_EMAIL'),
      password: config.text('OPTIINFRA_ADMIN_PASSWORD'),
    },
    clock,
    ids: randomIds,
    logger,
  }),
);
