import type { AgentType, Page } from '../contracts/api/common.ts';
import type {
  AuditEntry,
  AuditVerification,
  InfrastructureResponse,
  InstallCommandResponse,
  LoginRequest,
  MetricSeries,
  MetricType,
  OnboardRequest,
  OnboardResponse,
  Preferences,
  SignupRequest,
  SignupResponse,
} from '../contracts/api/customers.ts';
import type {
  AgentView,
  ConflictResolution,
  ExecuteResolutionResponse,
  TaskView,
} from '../contracts/api/orchestration.ts';
import type {
  AnalyzeResponse,
  ApproveResponse,
  DashboardResponse,
  Optimization,
  Recommendation,
  RecommendationStatus,
} from '../contracts/api/recommendations.ts';
import type { Clock } from '../support/clock.ts';
import { callApi, type ApiRequest } from './http.ts';
import { createSession } from './session.ts';

/** A resolution as it stands: when it was executed, and who has taken note. */
export interface ResolutionView {
  readonly resolution: ConflictResolution;
  readonly executed_at: string | null;
  readonly optimization_ids: readonly string[];
  readonly acknowledged_by: readonly AgentType[];
}

export interface MetricQuery {
  readonly metricType: MetricType;
  /** World time, epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** World seconds a point, or `all` for one point over the whole window. */
  readonly resolution: number | 'all';
}

/** What a customer (or an admin, within its rights) can do. Every method throws ApiError on a refusal. */
export interface OptiInfraClient {
  onboard(customerId: string, request: OnboardRequest): Promise<OnboardResponse>;
  installCommand(customerId: string): Promise<InstallCommandResponse>;
  infrastructure(customerId: string): Promise<InfrastructureResponse>;
  preferences(customerId: string): Promise<Preferences>;
  setPreferences(customerId: string, change: Partial<Preferences>): Promise<Preferences>;
  /** The same `idempotencyKey` starts one analysis, however often it is sent. */
  analyze(customerId: string, agentType: AgentType, idempotencyKey?: string): Promise<AnalyzeResponse>;
  task(taskId: string): Promise<TaskView>;
  recommendations(
    customerId: string,
    filter?: { type?: string; status?: RecommendationStatus; analysisId?: string },
  ): Promise<readonly Recommendation[]>;
  recommendation(recommendationId: string): Promise<Recommendation>;
  approve(recommendationId: string, reason: string): Promise<ApproveResponse>;
  reject(recommendationId: string, reason: string): Promise<void>;
  optimization(optimizationId: string): Promise<Optimization>;
  cancelOptimization(optimizationId: string, reason: string): Promise<void>;
  /** May take as long as the agents negotiate. */
  resolveConflict(customerId: string, recommendationIds: readonly string[]): Promise<ConflictResolution>;
  executeResolution(
    customerId: string,
    resolutionId: string,
    reason: string,
  ): Promise<ExecuteResolutionResponse>;
  resolution(resolutionId: string): Promise<ResolutionView>;
  metrics(customerId: string, query: MetricQuery): Promise<MetricSeries>;
  dashboard(customerId: string): Promise<DashboardResponse>;
  audit(customerId: string): Promise<readonly AuditEntry[]>;
  verifyAudit(customerId: string): Promise<AuditVerification>;
  agents(): Promise<readonly AgentView[]>;
  accessToken(): Promise<string>;
  /** The customer this login owns. @throws RangeError for an admin, who owns none. */
  customerId(): Promise<string>;
  logout(): Promise<void>;
}

export interface ClientOptions {
  /** The orchestrator, `http://127.0.0.1:8001`. */
  readonly baseUrl: string;
  readonly credentials: LoginRequest;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

const MAX_PAGES = 200;
/** Agents negotiate for half a minute at most; then the platform settles without them. */
const NEGOTIATION_TIMEOUT_MS = 45_000;

/** Needs no session. */
export async function signup(baseUrl: string, request: SignupRequest): Promise<SignupResponse> {
  return callApi(baseUrl, { method: 'POST', path: '/auth/signup', body: request });
}

export function createClient(options: ClientOptions): OptiInfraClient {
  const session = createSession(options.baseUrl, options.credentials, options.clock);
  const call = async <T>(request: ApiRequest): Promise<T> =>
    callApi<T>(options.baseUrl, {
      ...request,
      signal: options.signal,
      headers: { ...request.headers, authorization: `Bearer ${await session.accessToken()}` },
    });
  const get = <T>(path: string, query: ApiRequest['query'] = {}): Promise<T> =>
    call({ method: 'GET', path, query });
  const post = <T>(path: string, body: unknown = {}): Promise<T> => call({ method: 'POST', path, body });
  const pages = <T>(path: string, query: ApiRequest['query'] = {}): Promise<readonly T[]> =>
    allPages((cursor) => get<Page<T>>(path, { ...query, cursor }));
  const customer = (id: string): string => `/customers/${encodeURIComponent(id)}`;
  return {
    onboard: (id, request) => post(`${customer(id)}/onboard`, request),
    installCommand: (id) => get(`${customer(id)}/agent-install-command`),
    infrastructure: (id) => get(`${customer(id)}/infrastructure`),
    preferences: (id) => get(`${customer(id)}/preferences`),
    setPreferences: (id, change) =>
      call({ method: 'PATCH', path: `${customer(id)}/preferences`, body: change }),
    analyze: (id, agentType, idempotencyKey) =>
      call({
        method: 'POST',
        path: `${customer(id)}/analyze`,
        body: { agent_type: agentType },
        ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
      }),
    task: (id) => get(`/orchestrator/tasks/${encodeURIComponent(id)}`),
    recommendations: (id, filter = {}) =>
      pages(`${customer(id)}/recommendations`, {
        type: filter.type,
        status: filter.status,
        analysis_id: filter.analysisId,
      }),
    recommendation: (id) => get(`/recommendations/${encodeURIComponent(id)}`),
    approve: (id, reason) => post(`/recommendations/${encodeURIComponent(id)}/approve`, { reason }),
    reject: (id, reason) => post(`/recommendations/${encodeURIComponent(id)}/reject`, { reason }),
    optimization: (id) => get(`/optimizations/${encodeURIComponent(id)}`),
    cancelOptimization: (id, reason) => post(`/optimizations/${encodeURIComponent(id)}/cancel`, { reason }),
    ...settlingConflicts(call),
    metrics: (id, query) => get(`${customer(id)}/metrics`, metricParameters(query)),
    dashboard: (id) => get(`/portal${customer(id)}/dashboard`),
    audit: (id) => pages(`${customer(id)}/audit`),
    verifyAudit: (id) => get(`${customer(id)}/audit/verify`),
    agents: async () => pages('/orchestrator/agents'),
    accessToken: () => session.accessToken(),
    customerId: async () => {
      const id = await session.customerId();
      if (id === null) throw new RangeError(`${options.credentials.email} owns no customer`);
      return id;
    },
    logout: () => session.logout(),
  };
}

function settlingConflicts(
  call: <T>(request: ApiRequest) => Promise<T>,
): Pick<OptiInfraClient, 'resolveConflict' | 'executeResolution' | 'resolution'> {
  return {
    resolveConflict: (id, recommendationIds) =>
      call({
        method: 'POST',
        path: '/orchestrator/resolve-conflict',
        body: { customer_id: id, recommendation_ids: recommendationIds },
        timeoutMs: NEGOTIATION_TIMEOUT_MS,
      }),
    executeResolution: (id, resolutionId, reason) =>
      call({
        method: 'POST',
        path: '/orchestrator/execute-resolution',
        body: { customer_id: id, resolution_id: resolutionId, reason },
      }),
    resolution: (id) => call({ method: 'GET', path: `/orchestrator/resolutions/${encodeURIComponent(id)}` }),
  };
}

function metricParameters(query: MetricQuery): Record<string, string> {
  return {
    metric_type: query.metricType,
    start: new Date(query.startMs).toISOString(),
    end: new Date(query.endMs).toISOString(),
    resolution: String(query.resolution),
  };
}

async function allPages<T>(
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items: more, next_cursor: next } = await fetchPage(cursor);
    items.push(...more);
    if (next === null) return items;
    cursor = next;
  }
  throw new RangeError(`more than ${String(MAX_PAGES)} pages: the cursor does not end`);
}
