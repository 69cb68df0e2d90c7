import type { RunSubject } from '../src/contracts/activities.ts';
import { ApiError } from '../src/client/index.ts';
import { callApi } from '../src/client/http.ts';
import type { ActivityDependencies } from './context.ts';

/** What the platform answered: its code, what it named, and how long it took. */
export interface Answer {
  /** `200` or `409 DEPENDENCY_CYCLE`. */
  readonly said: string;
  readonly detail: string;
  readonly wallMs: number;
  readonly body: unknown;
}

/** Long enough for a walk along any circle; what hangs is cut off here and told as an answer. */
const DEADLINE_MS = 10_000;

export interface DependencyCalls {
  dependOn(id: string, on: readonly string[]): Promise<Answer>;
  approveMany(ids: readonly string[]): Promise<Answer>;
  resolve(ids: readonly string[]): Promise<Answer>;
}

/** The three doors behind which dependencies are walked, each with its refusal as an answer. */
export function dependencyCalls(
  { harness }: Pick<ActivityDependencies, 'harness'>,
  { email, customerId }: RunSubject,
): DependencyCalls {
  const client = harness.clientOf(email);
  const ask = async (method: 'PUT' | 'POST', path: string, body: unknown): Promise<Answer> => {
    const startedMs = harness.clock.monotonicMs();
    const wallMs = (): number => harness.clock.monotonicMs() - startedMs;
    try {
      const answer = await callApi(harness.environment.urls.orchestrator, {
        method,
        path,
        body,
        headers: { authorization: `Bearer ${await client.accessToken()}` },
        timeoutMs: DEADLINE_MS,
      });
      return { said: '200', detail: '', wallMs: wallMs(), body: answer };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return {
        said: `${String(error.status)} ${error.code}`,
        detail: error.problem?.detail ?? '',
        wallMs: wallMs(),
        body: null,
      };
    }
  };
  return {
    dependOn: (id, on) =>
      ask('PUT', `/recommendations/${encodeURIComponent(id)}/dependencies`, { depends_on: on }),
    approveMany: (ids) =>
      ask('POST', `/customers/${encodeURIComponent(customerId)}/recommendations/bulk-approve`, {
        recommendation_ids: ids,
        reason: 'all of them, whatever waits for what',
      }),
    resolve: (ids) =>
      ask('POST', '/orchestrator/resolve-conflict', { customer_id: customerId, recommendation_ids: ids }),
  };
}

export const CYCLE_REFUSED = '409 DEPENDENCY_CYCLE';

/** Does the answer name exactly this circle, each member once and the first again at its end? */
export function namesCircle({ detail }: Pick<Answer, 'detail'>, ids: readonly string[]): boolean {
  const named: readonly string[] = detail.match(/rec_\w+/g) ?? [];
  return (
    named.length === ids.length + 1 &&
    named[0] === named.at(-1) &&
    ids.every((id) => named.includes(id)) &&
    // Each waits for the next: `ids` is in that order, and the circle may begin anywhere.
    named.slice(1).every((id, index) => {
      const before = ids.indexOf(named[index] ?? '');
      return id === ids[(before + 1) % ids.length];
    })
  );
}

/** The harness's own look for a circle: takes away who waits for nobody, until nobody is left or all wait. */
export function holdsCircle(edges: readonly { readonly from: string; readonly to: string }[]): boolean {
  let left = [...edges];
  for (;;) {
    const waiting = new Set(left.map(({ from }) => from));
    const next = left.filter(({ to }) => waiting.has(to));
    if (next.length === left.length) return left.length > 0;
    left = next;
  }
}
