import type { ServiceVariable } from '../contracts/environment.ts';
import type { WorldAnchor } from './clock.ts';
import { OptiInfraError } from './errors.ts';

/** Reads the variables the launcher hands to a service; a missing or malformed one stops the start by name. */
export interface ServiceConfig {
  text(name: ServiceVariable): string;
  port(): number;
  anchor(): WorldAnchor;
}

export function readServiceConfig(variables: NodeJS.ProcessEnv = process.env): ServiceConfig {
  const text = (name: ServiceVariable): string => {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
    throw new OptiInfraError('NOT_READY', `the variable ${name} is not set`, {
      hint: 'Services are started by `e2e up`, which sets it.',
    });
  };
  return {
    text,
    port: () => {
      const port = Number(text('OPTIINFRA_PORT'));
      if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
      throw new OptiInfraError('NOT_READY', `OPTIINFRA_PORT is not a port: ${text('OPTIINFRA_PORT')}`);
    },
    anchor: () => parseAnchor(text('OPTIINFRA_ANCHOR')),
  };
}

function parseAnchor(json: string): WorldAnchor {
  const value = JSON.parse(json) as Partial<WorldAnchor>;
  const { wallMs, worldMs, timeScale } = value;
  if (wallMs === undefined || worldMs === undefined || timeScale === undefined || !(timeScale > 0)) {
    throw new OptiInfraError('NOT_READY', `OPTIINFRA_ANCHOR is not an anchor: ${json}`);
  }
  return { wallMs, worldMs, timeScale };
}
