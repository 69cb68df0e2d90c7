import { z } from 'zod';

import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { readDashboard } from './service.ts';

export function registerDashboardRoutes(server: PlatformServer, services: OrchestratorServices): void {
  const params = z.object({ id: z.string().min(1) });
  server.get('/portal/customers/:id/dashboard', { schema: { params } }, async (request) => {
    await services.guards.owner(request, request.params.id);
    await requireCustomer(services, request.params.id);
    return readDashboard(services, request.params.id);
  });
}
