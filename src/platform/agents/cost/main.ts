import { runService } from '../../kit/run-service.ts';
import { createAgent } from '../kit/agent.ts';
import { costAgent } from './index.ts';

await runService('cost-agent', (context) => createAgent(costAgent, context));
