import { pathOf, type GcpInstance, type GcpOperation } from './store.ts';

const ROOT = 'https://www.googleapis.com/compute/v1';
const zoneUrl = (project: string, zone: string): string => `${ROOT}/projects/${project}/zones/${zone}`;

/** `compute#instance`, with the members that a client of ours may look at. */
export function instanceResource(instance: GcpInstance): object {
  const { project, zone, machineType, spot } = instance;
  return {
    kind: 'compute#instance',
    id: instance.id,
    name: instance.name,
    zone: zoneUrl(project, zone),
    machineType: `${zoneUrl(project, zone)}/machineTypes/${machineType}`,
    status: 'RUNNING',
    labels: instance.labels,
    creationTimestamp: new Date(instance.createdAtMs).toISOString(),
    deletionProtection: instance.deletionProtection,
    scheduling: {
      provisioningModel: spot ? 'SPOT' : 'STANDARD',
      preemptible: spot,
      automaticRestart: !spot,
      ...(spot ? { instanceTerminationAction: 'DELETE' } : {}),
    },
    selfLink: `${ROOT}/${pathOf(instance)}`,
  };
}

/** `compute#operation`. Everything is done when it is answered. */
export function operationResource(operation: GcpOperation): object {
  const { project, zone, error } = operation;
  const at = new Date(operation.atMs).toISOString();
  return {
    kind: 'compute#operation',
    id: operation.id,
    name: operation.name,
    operationType: operation.type,
    zone: zoneUrl(project, zone),
    targetLink: `${ROOT}/${operation.target}`,
    targetId: operation.targetId,
    status: 'DONE',
    progress: 100,
    insertTime: at,
    startTime: at,
    endTime: at,
    selfLink: `${zoneUrl(project, zone)}/operations/${operation.name}`,
    ...(error === null
      ? {}
      : { error: { errors: [error] }, httpErrorStatusCode: 503, httpErrorMessage: 'SERVICE UNAVAILABLE' }),
  };
}
