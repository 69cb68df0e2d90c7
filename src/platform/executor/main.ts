import { createClient } from '@clickhouse/client';

import { runService, type Service, type ServiceContext } from '../kit/run-service.ts';
import { createServer } from '../kit/server.ts';
import { createRolloutActivities } from './activities/index.ts';
import { createMarketClient } from './clients/market.ts';
import { createOrchestratorClient } from './clients/orchestrator.ts';
import { createCloudAccess } from './cloud/access.ts';
import { openAws } from './cloud/aws.ts';
import { openGcp } from './cloud/gcp.ts';
import { createTelemetry } from './judgement/telemetry.ts';
import { createExecutions } from './service/executions.ts';
import { temporalPulse } from './service/pulse.ts';
import { startRolloutWorker, type RolloutWorker } from './service/rollout-worker.ts';
import { registerExecutionRoutes } from './service/routes.ts';
import { createTemporalClient } from './service/temporal.ts';

const VERSION = '0.1.0';

/** The executor: carries out approved optimizations as durable rollouts. */
async function build({ config, clock, logger }: ServiceContext): Promise<Service> {
  const serviceKey = config.text('OPTIINFRA_SERVICE_KEY');
  const address = config.text('OPTIINFRA_TEMPORAL_ADDRESS');
  const clickhouse = createClient({ url: config.text('OPTIINFRA_CLICKHOUSE_URL') });
  const orchestrator = createOrchestratorClient(config.text('OPTIINFRA_ORCHESTRATOR_URL'), serviceKey);
  const telemetry = createTelemetry(clickhouse);
  const temporal = createTemporalClient(address);
  const executions = createExecutions(temporal, clock);
  const activities = createRolloutActivities({
    orchestrator,
    market: createMarketClient(config.text('OPTIINFRA_MARKET_URL')),
    cloud: createCloudAccess({
      aws: openAws({ endpoint: config.text('OPTIINFRA_AWS_ENDPOINT'), wallMs: () => clock.wallMs() }),
      gcp: openGcp({ endpoint: config.text('OPTIINFRA_GCP_ENDPOINT'), wallMs: () => clock.wallMs() }),
    }),
    telemetry,
    clock,
    pulse: temporalPulse,
  });
  let worker: RolloutWorker | undefined;
  const server = createServer({
    service: 'executor',
    version: VERSION,
    logger,
    dependencies: {
      temporal: () => executions.healthy(),
      worker: async () => {
        if (worker?.polling() !== true) throw new Error('the rollout worker does not poll yet');
      },
      clickhouse: () => telemetry.healthy(),
      orchestrator: () => orchestrator.healthy(),
    },
  });
  registerExecutionRoutes(server, executions, serviceKey);
  return {
    server,
    started: async () => {
      worker = startRolloutWorker({ address, activities, clock, logger });
    },
    close: async () => {
      await worker?.stop();
      await temporal.close();
      await clickhouse.close();
    },
  };
}

await runService('executor', build);
