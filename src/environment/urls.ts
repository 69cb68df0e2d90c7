import type { EnvironmentUrls } from '../contracts/environment.ts';
import type { Ports } from '../contracts/ports.ts';

/** Addresses of an environment on this machine; loopback only. */
export function loopbackUrls(ports: Ports): EnvironmentUrls {
  const http = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    postgresHost: '127.0.0.1',
    clickhouse: http(ports.clickhouse),
    redis: `redis://127.0.0.1:${ports.redis}`,
    qdrant: http(ports.qdrant),
    aws: http(ports.aws),
    awsEdge: http(ports.awsEdge),
    gcp: http(ports.gcp),
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalUi: http(ports.temporalUi),
    world: http(ports.world),
    orchestrator: http(ports.orchestrator),
    executor: http(ports.executor),
    portal: http(ports.portal),
  };
}
