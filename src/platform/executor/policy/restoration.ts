import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import { THRESHOLDS } from '../../../contracts/thresholds.ts';
import type { Snapshot } from '../contract.ts';

/** What was read again after a rollback. */
export type RestoredState = Pick<
  Snapshot,
  | 'instances'
  | 'requestsByInstance'
  | 'engineConfiguration'
  | 'engineConfigurations'
  | 'costUsdPerMonth'
  | 'meanQuality'
>;

/** Every difference from the snapshot, in words; none means the original state is restored. What could not be read is one. */
export function differencesFrom(before: Snapshot, after: RestoredState): readonly string[] {
  return [
    ...inventoryDifferences(before, after),
    ...shareDifferences(before.requestsByInstance, after.requestsByInstance),
    ...configurationDifferences(before, after),
    ...costDifferences(before.costUsdPerMonth, after.costUsdPerMonth),
    ...qualityDifferences(before.meanQuality, after.meanQuality),
  ];
}

function inventoryDifferences(before: Snapshot, after: RestoredState): string[] {
  const lifecycleBefore = new Map(before.instances.map((node) => [node.instanceId, node.lifecycle]));
  const idsAfter = new Set(after.instances.map(({ instanceId }) => instanceId));
  const missing = before.instances.filter(({ instanceId }) => !idsAfter.has(instanceId));
  const extra = after.instances.filter(({ instanceId }) => !lifecycleBefore.has(instanceId));
  return [
    ...missing.map(({ instanceId }) => `instance ${instanceId} is gone`),
    ...extra.map(({ instanceId, lifecycle }) => `instance ${instanceId} (${lifecycle}) was not there before`),
  ];
}

function shareDifferences(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): string[] {
  const totalBefore = total(before);
  const totalAfter = total(after);
  if (totalBefore === 0 && totalAfter === 0) return [];
  if (totalBefore === 0 || totalAfter === 0)
    return ['traffic shares could not be compared: no requests seen'];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((id) => {
    const was = (before[id] ?? 0) / totalBefore;
    const is = (after[id] ?? 0) / totalAfter;
    if (Math.abs(is - was) <= THRESHOLDS.trafficShareTolerance) return [];
    return [`traffic share of ${id} is ${is.toFixed(3)}, was ${was.toFixed(3)}`];
  });
}

function total(requests: Readonly<Record<string, number>>): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

/** Node by node where that was reported; a node that is gone is a difference of the inventory. */
function configurationDifferences(before: Snapshot, after: RestoredState): string[] {
  const nodes = Object.entries(before.engineConfigurations).flatMap(([id, was]) => {
    const is = after.engineConfigurations[id];
    return is === undefined ? [] : settingDifferences(` of ${id}`, was, is);
  });
  return [...settingDifferences('', before.engineConfiguration, after.engineConfiguration), ...nodes];
}

function settingDifferences(of: string, before: EngineConfiguration, after: EngineConfiguration): string[] {
  const is = new Map(Object.entries(after));
  return Object.entries(before).flatMap(([field, value]) =>
    is.get(field) === value
      ? []
      : [`engine setting ${field}${of} is ${String(is.get(field))}, was ${String(value)}`],
  );
}

function costDifferences(before: number, after: number): string[] {
  if (Math.abs(after - before) <= before * THRESHOLDS.costWitnessToleranceShare) return [];
  return [`cost is $${after.toFixed(2)} a month, was $${before.toFixed(2)}`];
}

function qualityDifferences(before: number | null, after: number | null): string[] {
  if (before === null && after === null) return [];
  if (before === null || after === null) return ['quality could not be compared: no scored requests'];
  if (after >= before * (1 - THRESHOLDS.qualityRelativeDrop)) return [];
  return [`mean quality is ${after.toFixed(3)}, was ${before.toFixed(3)}`];
}
