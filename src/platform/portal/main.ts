import { runService } from '../kit/run-service.ts';
import { createPortal } from './app.ts';

const VERSION = '0.1.0';

await runService('portal', async ({ config, logger }) => {
  const orchestratorUrl = config.text('OPTIINFRA_ORCHESTRATOR_URL');
  const server = await createPortal({ orchestratorUrl, version: VERSION, logger });
  return { server, close: () => Promise.resolve() };
});
