import { z } from 'zod';

import type { LoginRequest, SignupResponse, TokenResponse } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { CoreServices } from '../core-services.ts';
import { createAccount, signupSchema } from './accounts.ts';
import { login, logout, refresh, sessionOfRefreshToken } from './login.ts';

const loginSchema = z.strictObject({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(256),
}) satisfies z.ZodType<LoginRequest>;

const refreshSchema = z.strictObject({ refresh_token: z.string().min(1).max(256) });

const tokenResponse = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number(),
  customer_id: z.string().nullable(),
  role: z.enum(['owner', 'admin']),
}) satisfies z.ZodType<TokenResponse>;

const signupResponse = z.object({ customer_id: z.string() }) satisfies z.ZodType<SignupResponse>;

export function registerIdentityRoutes(server: PlatformServer, services: CoreServices): void {
  server.post(
    '/auth/signup',
    { schema: { tags: ['auth'], body: signupSchema, response: { 201: signupResponse } } },
    async (request, reply) => {
      const customerId = await createAccount(services, request.body, null);
      return reply.code(201).send({ customer_id: customerId });
    },
  );
  server.post(
    '/auth/login',
    { schema: { tags: ['auth'], body: loginSchema, response: { 200: tokenResponse } } },
    (request) => login(services, request.body, request.ip),
  );
  server.post(
    '/auth/refresh',
    { schema: { tags: ['auth'], body: refreshSchema, response: { 200: tokenResponse } } },
    (request) => refresh(services, request.body.refresh_token),
  );
  server.post(
    '/auth/logout',
    { schema: { tags: ['auth'], body: refreshSchema.partial().nullish(), response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = await services.authentication.identify(request);
      const refreshToken = request.body?.refresh_token;
      const sessionId =
        identity?.sessionId ??
        (refreshToken === undefined ? undefined : await sessionOfRefreshToken(services, refreshToken));
      if (sessionId === undefined) {
        throw new OptiInfraError('UNAUTHENTICATED', 'No session to end was presented.');
      }
      await logout(services, sessionId);
      return reply.code(204).send(null);
    },
  );
}
