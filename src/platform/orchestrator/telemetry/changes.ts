/** What differs between two inventories, as far as people and programs want to be told. */
export interface InventoryChanges {
  readonly any: boolean;
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
  readonly interruptions: readonly { readonly instanceId: string; readonly at: string }[];
}

interface Before {
  readonly instance_id: string;
  readonly state: string;
  readonly ready: boolean;
  readonly interruption_at: Date | null;
}
interface Now {
  readonly instance_id: string;
  readonly state: string;
  readonly ready: boolean;
  readonly interruption_at_ms: number | null;
}

/** `before` holds what had not terminated. An announcement of interruption counts once, even when its time is mended. */
export function inventoryChanges(before: readonly Before[], now: readonly Now[]): InventoryChanges {
  const earlier = new Map(before.map((instance) => [instance.instance_id, instance]));
  const living = new Map(
    now.filter(({ state }) => state !== 'terminated').map((instance) => [instance.instance_id, instance]),
  );
  const appeared = [...living.keys()].filter((id) => !earlier.has(id));
  const gone = [...earlier.keys()].filter((id) => !living.has(id));
  const altered = [...living.values()].some((instance) => {
    const was = earlier.get(instance.instance_id);
    return was !== undefined && (was.state !== instance.state || was.ready !== instance.ready);
  });
  const interruptions = [...living.values()].flatMap(({ instance_id, interruption_at_ms }) =>
    interruption_at_ms === null || (earlier.get(instance_id)?.interruption_at ?? null) !== null
      ? []
      : [{ instanceId: instance_id, at: new Date(interruption_at_ms).toISOString() }],
  );
  return { any: appeared.length > 0 || gone.length > 0 || altered, appeared, gone, interruptions };
}
