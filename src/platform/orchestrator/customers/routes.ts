import { z } from 'zod';

import { PLANS } from '../../../contracts/api/common.ts';
import type { Customer, InstallCommandResponse, SignupResponse } from '../../../contracts/api/customers.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { decodeCursor, pageOf, pageQuery } from '../../kit/paging.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { CoreServices } from '../core-services.ts';
import { createAccount, signupSchema } from '../identity/accounts.ts';
import { createApiKey, revokeApiKey } from './api-keys.ts';
import { issueInstallCommand } from './installation.ts';
import { onboardSchema } from './onboarding.ts';
import { changePreferences, onboard } from './service.ts';
import { preferencesPatchSchema, preferencesSchema, readPreferences } from './preferences.ts';
import { findCustomer, listCustomers, toCustomer } from './store.ts';

const customerParams = z.object({ id: z.string().max(64) });
const customerSchema = z.object({
  id: z.string(),
  company_name: z.string(),
  email: z.string(),
  plan: z.enum(PLANS),
  status: z.enum(['active', 'suspended']),
  created_at: z.string(),
}) satisfies z.ZodType<Customer>;

const apiKeyRequest = z.strictObject({
  name: z.string().trim().min(1).max(100),
  expires_in_days: z.number().int().min(1).max(365).default(90),
});
const apiKeyResponse = z.object({ key_id: z.string(), api_key: z.string(), expires_at: z.string() });
const createdResponse = z.object({ customer_id: z.string() }) satisfies z.ZodType<SignupResponse>;
const installResponse = z.object({
  install_command: z.string(),
  agent_token: z.string(),
}) satisfies z.ZodType<InstallCommandResponse>;
const tags = ['customers'];

export function registerCustomerRoutes(server: PlatformServer, services: CoreServices): void {
  registerAdministration(server, services);
  registerPreferences(server, services);
  registerKeys(server, services);
  server.post(
    '/customers/:id/onboard',
    {
      schema: {
        tags,
        params: customerParams,
        body: onboardSchema,
        response: { 202: z.object({ status: z.literal('started') }) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const caller = await services.guards.owner(request, id);
      await onboard(services, caller, id, request.body);
      return reply.code(202).send({ status: 'started' });
    },
  );
  server.get(
    '/customers/:id/agent-install-command',
    { schema: { tags, params: customerParams, response: { 200: installResponse } } },
    async (request, reply) => {
      const { id } = request.params;
      const caller = await services.guards.owner(request, id);
      // The answer holds a secret.
      void reply.header('cache-control', 'no-store');
      return issueInstallCommand(services, caller, id, `${request.protocol}://${request.host}`);
    },
  );
}

function registerAdministration(server: PlatformServer, services: CoreServices): void {
  const page = z.object({ items: z.array(customerSchema).readonly(), next_cursor: z.string().nullable() });
  const sortKey = z.tuple([z.iso.datetime(), z.string()]);
  server.get(
    '/customers',
    { schema: { tags, querystring: pageQuery, response: { 200: page } } },
    async (request) => {
      await services.guards.admin(request);
      const { cursor, limit } = request.query;
      const key = cursor === undefined ? null : decodeCursor(cursor, sortKey);
      const after = key && { createdAt: key[0], id: key[1] };
      const rows = await services.database.asSystem((trx) => listCustomers(trx, after, limit + 1));
      return pageOf(rows, limit, toCustomer, (row) => [toTimestamp(row.created_at.getTime()), row.id]);
    },
  );
  server.post(
    '/customers',
    { schema: { tags, body: signupSchema, response: { 201: createdResponse } } },
    async (request, reply) => {
      const caller = await services.guards.admin(request);
      const customerId = await createAccount(services, request.body, caller.actor);
      return reply.code(201).send({ customer_id: customerId });
    },
  );
  server.get(
    '/customers/:id',
    { schema: { tags, params: customerParams, response: { 200: customerSchema } } },
    async (request) => {
      const { id } = request.params;
      await services.guards.owner(request, id);
      const row = await services.database.asCustomer(id, (trx) => findCustomer(trx, id));
      if (row === undefined) throw new OptiInfraError('NOT_FOUND', `There is no customer ${id}.`);
      return toCustomer(row);
    },
  );
}

function registerPreferences(server: PlatformServer, services: CoreServices): void {
  server.get(
    '/customers/:id/preferences',
    { schema: { tags, params: customerParams, response: { 200: preferencesSchema } } },
    async (request) => {
      const { id } = request.params;
      await services.guards.owner(request, id);
      const preferences = await services.database.asCustomer(id, (trx) => readPreferences(trx, id));
      if (preferences === undefined) throw new OptiInfraError('NOT_FOUND', `There is no customer ${id}.`);
      return preferencesSchema.parse(preferences);
    },
  );
  server.patch(
    '/customers/:id/preferences',
    {
      schema: {
        tags,
        params: customerParams,
        body: preferencesPatchSchema,
        response: { 200: preferencesSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const caller = await services.guards.owner(request, id);
      return preferencesSchema.parse(await changePreferences(services, caller, id, request.body));
    },
  );
}

function registerKeys(server: PlatformServer, services: CoreServices): void {
  server.post(
    '/customers/:id/api-keys',
    { schema: { tags, params: customerParams, body: apiKeyRequest, response: { 201: apiKeyResponse } } },
    async (request, reply) => {
      const { id } = request.params;
      const caller = await services.guards.owner(request, id);
      const key = await createApiKey(services, caller, id, request.body);
      return reply.code(201).header('cache-control', 'no-store').send(key);
    },
  );
  server.delete(
    '/customers/:id/api-keys/:key',
    {
      schema: {
        tags,
        params: customerParams.extend({ key: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id, key } = request.params;
      const caller = await services.guards.owner(request, id);
      await revokeApiKey(services, caller, id, key);
      return reply.code(204).send(null);
    },
  );
}
