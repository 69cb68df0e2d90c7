import type { StateSnapshot } from '../src/contracts/activities.ts';
import type { AuditEntry } from '../src/contracts/api/customers.ts';
import type { PartialRollbackActivities } from '../src/contracts/partial-rollback-activities.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { differencesOf } from './state-differences.ts';
import { readState } from './state.ts';

/** What a rollback after the point of no return leaves, by the word of world and cloud. */
export function createPartialRollbackActivities(
  dependencies: ActivityDependencies,
): PartialRollbackActivities {
  return {
    protectRetiring: (input) => heartbeating(() => protectRetiring(dependencies, input)),
    inspectPartialRollback: (input) => heartbeating(() => inspect(dependencies, input)),
  };
}

async function protectRetiring(
  { harness, world }: ActivityDependencies,
  { subject, recommendationId }: Parameters<PartialRollbackActivities['protectRetiring']>[0],
): ReturnType<PartialRollbackActivities['protectRetiring']> {
  const log = createEvidenceLog(harness.clock);
  const { plan } = await harness.clientOf(subject.email).recommendation(recommendationId);
  const retiring = plan.kind === 'spot_migration' ? plan.replace_instance_ids : [];
  const [first, ...guarded] = retiring;
  if (guarded.length > 0) {
    await world.inject(subject.siteId, {
      kind: 'termination-protection',
      nodes: guarded.length,
      instanceIds: guarded,
    });
  }
  const about = { unit: 'text', source: 'POST /sites/{id}/faults' };
  log.record('protected.nodes', guarded, about);
  log.record('protected.not', first === undefined ? [] : [first], about);
  return {
    evidence: log.evidence,
    notes: [`Guarded against termination: ${guarded.join(', ')}`],
    output: guarded.length === 0 ? null : {},
  };
}

async function inspect(
  dependencies: ActivityDependencies,
  { subject, snapshot, optimizationId }: Parameters<PartialRollbackActivities['inspectPartialRollback']>[0],
): ReturnType<PartialRollbackActivities['inspectPartialRollback']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const [now, optimization, entries] = await Promise.all([
    readState(dependencies, subject),
    client.optimization(optimizationId),
    client.audit(subject.customerId),
  ]);
  const gone = snapshot.runningInstanceIds.filter((id) => !now.runningInstanceIds.includes(id));
  const standIns = now.runningInstanceIds.filter((id) => !snapshot.runningInstanceIds.includes(id));
  const told = irreversibleIn(optimization.result?.differences ?? []);
  const record = (name: string, value: readonly string[], source: string): void =>
    log.record(`partial.${name}`, value, { unit: 'text', source, sampleSize: snapshot.nodes.length });
  record('gone', gone, 'inventory of the clouds');
  record('stand-ins', standIns, 'inventory of the clouds');
  record('told-irreversible', told, 'GET /optimizations/{id}');
  record('told-wrongly', unequal(gone, told), 'GET /optimizations/{id} against the inventory of the clouds');
  record('fleet-before', capacityOf(snapshot), 'the world');
  record('fleet-after', capacityOf(now), 'the world');
  const explained = [...gone, ...standIns];
  record(
    'other-differences',
    differencesOf(snapshot, now).filter((each) => !explained.some((id) => each.includes(id))),
    'the world and the inventory of the clouds',
  );
  record('undone', undoneOf(entries, optimizationId), 'GET /customers/{id}/audit');
  return {
    evidence: log.evidence,
    notes: [`Gone: ${gone.join(', ')}; in their place: ${standIns.join(', ')}`],
    output: {},
  };
}

/** Nodes that the platform names as terminated for good. */
export function irreversibleIn(differences: readonly string[]): string[] {
  return differences.flatMap((each) => /^irreversible: instance (\S+) is terminated/.exec(each)?.[1] ?? []);
}

/** What only one of both lists has. */
function unequal(one: readonly string[], other: readonly string[]): string[] {
  return [...one.filter((id) => !other.includes(id)), ...other.filter((id) => !one.includes(id))];
}

/** How many nodes of each kind serve each deployment. */
export function capacityOf({ nodes }: Pick<StateSnapshot, 'nodes'>): string[] {
  const kinds = Map.groupBy(nodes, ({ deployment, lifecycle, instanceType }) =>
    [deployment, lifecycle, instanceType].join(' '),
  );
  return [...kinds].map(([kind, alike]) => `${kind} × ${String(alike.length)}`).sort();
}

/** Steps as they were undone, first to last. */
export function undoneOf(
  entries: readonly Pick<AuditEntry, 'action' | 'subject' | 'data' | 'sequence'>[],
  optimizationId: string,
): string[] {
  return entries
    .filter(({ action, subject }) => action === 'optimization.step_rolled_back' && subject === optimizationId)
    .toSorted((left, right) => left.sequence - right.sequence)
    .map(({ data }) => String(data['step']));
}
