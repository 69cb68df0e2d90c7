import { CancellationScope, setCurrentDetails } from '@temporalio/workflow';

import {
  stepsOf,
  type OptimizationResult,
  type OptimizationStatus,
} from '../../../contracts/api/recommendations.ts';
import type { PriorTraffic, RolloutInput, RolloutOrder, Snapshot } from '../contract.ts';
import { quick } from './activity-proxies.ts';
import { finish, turnBack } from './endings.ts';
import { Fleet } from './fleet.ts';
import { Journal } from './journal.ts';
import { Person } from './person.ts';
import type { AskPerson } from './validation.ts';

/** What the steps of a rollout share. */
export interface Rollout {
  readonly order: RolloutOrder;
  readonly snapshot: Snapshot;
  readonly journal: Journal;
  readonly person: Person;
  readonly fleet: Fleet;
  readonly ask: AskPerson;
  /** Traffic of new nodes in the windows judged so far: the proof of the error rate adds up. */
  readonly prior: () => PriorTraffic;
  readonly judged: (canary: PriorTraffic) => void;
  /** World time since which the fleet runs as the plan wants it; null until then. */
  finalSinceMs: number | null;
}

/** The frame of every rollout: snapshot, steps, measurement; or, when a step stops it, the way back. */
export async function runRollout(
  { optimizationId }: RolloutInput,
  steps: (rollout: Rollout) => Promise<void>,
): Promise<void> {
  const journal = new Journal(optimizationId);
  const person = new Person(() => journal.current);
  const report = reporter(optimizationId, person, journal);
  let rollout: Rollout | null = null;
  try {
    await person.scope.run(async () => {
      const order = await quick.loadOrder({ optimizationId });
      journal.expect(stepsOf(order.plan));
      await report('executing');
      const snapshot = await quick.takeSnapshot({ order });
      rollout = assemble(order, snapshot, journal, person, report);
      await steps(rollout);
    });
  } catch (error) {
    await CancellationScope.nonCancellable(() => turnBack(rollout, person, report, error));
    return;
  }
  await CancellationScope.nonCancellable(() => finish(rollout, report));
}

/** Tells the orchestrator; `end` comes with a terminal status only. */
export type Report = (
  status: OptimizationStatus,
  end?: { result: OptimizationResult; savings?: number },
) => Promise<void>;

function reporter(optimizationId: string, person: Person, journal: Journal): Report {
  return async (status, end) => {
    person.status = status;
    setCurrentDetails(`**${status}**${journal.current === null ? '' : ` at \`${journal.current}\``}`);
    await quick.reportStatus.executeWithOptions({ summary: `status ${status}` }, [
      {
        optimizationId,
        status,
        result: end?.result ?? null,
        actualSavingsUsdPerMonth: end?.savings ?? null,
      },
    ]);
  };
}

function assemble(
  order: RolloutOrder,
  snapshot: Snapshot,
  journal: Journal,
  person: Person,
  report: Report,
): Rollout {
  let judged: PriorTraffic = { requests: 0, errors: 0 };
  return {
    order,
    snapshot,
    journal,
    person,
    fleet: new Fleet(snapshot),
    finalSinceMs: null,
    ask: async (wallMs, reasons) => {
      await report('awaiting_decision');
      const decision = await person.decisionWithin(wallMs, reasons);
      if (decision?.decision === 'continue') await report('executing');
      return decision;
    },
    prior: () => judged,
    judged: ({ requests, errors }) => {
      judged = { requests: judged.requests + requests, errors: judged.errors + errors };
    },
  };
}
