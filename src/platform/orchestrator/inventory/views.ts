import type { DeploymentView, InstanceView } from '../../../contracts/api/customers.ts';
import type { DeploymentRow, InstanceRow } from './store.ts';

export function viewInstance(row: InstanceRow): InstanceView {
  return {
    instance_id: row.instance_id,
    provider: row.provider,
    region: row.region,
    zone: row.zone,
    instance_type: row.instance_type,
    lifecycle: row.lifecycle,
    state: row.state,
    ready: row.ready,
    usd_per_hour: row.usd_per_hour,
    launched_at: row.launched_at.toISOString(),
    deployment: row.deployment,
    interruption_at: row.interruption_at?.toISOString() ?? null,
    tags: row.tags,
  };
}

export function viewDeployment(row: DeploymentRow): DeploymentView {
  return {
    name: row.name,
    model: row.model,
    engine_configuration: row.engine_configuration,
    ...(row.engine_configurations === null ? {} : { engine_configurations: row.engine_configurations }),
    instance_ids: row.instance_ids,
  };
}
