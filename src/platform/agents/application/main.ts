import { runService } from '../../kit/run-service.ts';
import { createAgent } from '../kit/agent.ts';
import { applicationAgent } from './index.ts';

await runService('application-agent', (context) => createAgent(applicationAgent, context));
