import { z } from 'zod';

import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { OrchestratorServices } from '../services.ts';
import { findTask, viewTask } from './store.ts';

const params = z.object({ id: z.string().min(1).max(200) });

export function registerTaskRoutes(server: PlatformServer, services: OrchestratorServices): void {
  server.get('/orchestrator/tasks/:id', { schema: { params } }, async (request) => {
    const caller = await services.guards.authenticated(request);
    const task = await services.database.asSystem((trx) => findTask(trx, request.params.id));
    if (task === undefined) throw new OptiInfraError('NOT_FOUND', `No task ${request.params.id}.`);
    if (caller.kind !== 'service') await services.guards.owner(request, task.customer_id);
    return viewTask(task);
  });
}
