import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import type { DeployRequest } from '../../contracts/world.ts';
import type { Fleet } from './fleet.ts';

/** The customer's own delivery pipeline for one deployment. */
export interface Pipeline {
  /** Rolls out what the request changes, node by node; a rollout under way gives way to the new one. */
  deploy(request: DeployRequest): void;
  /** Goes on to the next node when the last one serves; true when it took a node. */
  step(): boolean;
}

export function createPipeline(fleet: Fleet): Pipeline {
  let waiting: string[] = [];
  let change: (configuration: EngineConfiguration) => EngineConfiguration = (configuration) => configuration;
  let current: string | undefined;
  return {
    deploy: ({ revision, chatTemplate }) => {
      waiting = fleet.machines.map(({ instanceId }) => instanceId);
      change = (configuration) => ({
        ...configuration,
        ...(revision === undefined ? {} : { revision }),
        ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
      });
    },
    step: () => {
      if (current !== undefined && fleet.machine(current)?.reconfiguring === true) return false;
      current = waiting.shift();
      const machine = current === undefined ? undefined : fleet.machine(current);
      if (machine === undefined) return false;
      machine.reconfigure(change(machine.wantedConfiguration));
      return true;
    },
  };
}
