import { runService } from '../../kit/run-service.ts';
import { createAgent } from '../kit/agent.ts';
import { performanceAgent } from './index.ts';

await runService('performance-agent', (context) => createAgent(performanceAgent, context));
