import { runService } from '../../kit/run-service.ts';
import { createAgent } from '../kit/agent.ts';
import { resourceAgent } from './index.ts';

await runService('resource-agent', (context) => createAgent(resourceAgent, context));
