/** Every process of an environment and its default port, loopback only. The seed's ports keep their numbers. */
export const DEFAULT_PORTS = {
  postgres: 5433,
  clickhouse: 8124,
  redis: 6380,
  qdrant: 6334,
  aws: 4567,
  temporal: 7233,
  temporalUi: 8233,
  world: 8090,
  awsEdge: 8091,
  gcp: 8092,
  orchestrator: 8001,
  costAgent: 8101,
  performanceAgent: 8102,
  resourceAgent: 8103,
  applicationAgent: 8104,
  executor: 8110,
  portal: 3001,
  worker: 8120,
} as const;

export type PortName = keyof typeof DEFAULT_PORTS;
export type Ports = Readonly<Record<PortName, number>>;
