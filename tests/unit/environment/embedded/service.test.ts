import { describe, expect, it } from 'vitest';

import { SERVICE_VARIABLES, type EnvironmentDescriptor } from '../../../../src/contracts/environment.ts';
import { DEFAULT_PORTS } from '../../../../src/contracts/ports.ts';
import { EMBEDDED_PROCESSES } from '../../../../src/environment/embedded/catalogue.ts';
import { serviceDefinition, serviceVariables } from '../../../../src/environment/embedded/service.ts';
import { PROCESS_NAMES } from '../../../../src/environment/names.ts';
import { generateSecrets } from '../../../../src/environment/secrets.ts';
import { loopbackUrls } from '../../../../src/environment/urls.ts';
import { readServiceConfig } from '../../../../src/support/service-config.ts';

const descriptor: EnvironmentDescriptor = {
  name: 'default',
  provider: 'embedded',
  startedAt: '2026-11-22T00:00:00.000Z',
  anchor: { wallMs: 1, worldMs: 2, timeScale: 60 },
  coldStart: 'baked',
  ports: DEFAULT_PORTS,
  urls: loopbackUrls(DEFAULT_PORTS),
  directory: '/project/.e2e/environments/default',
  processIds: {},
};
const context = { root: '/project', descriptor, secrets: generateSecrets() };

describe('service variables', () => {
  it('hands every service all it may read, and its own port', () => {
    const variables = serviceVariables(context, 'costAgent');
    expect(Object.keys(variables).sort()).toEqual([...SERVICE_VARIABLES].sort());
    const config = readServiceConfig(variables);
    for (const name of SERVICE_VARIABLES) expect(config.text(name)).not.toBe('');
    expect(config.port()).toBe(8101);
    expect(config.anchor()).toEqual(descriptor.anchor);
    expect(variables.OPTIINFRA_POSTGRES_URL).toBe(
      `postgres://optiinfra_app:${context.secrets.postgresAppPassword}@127.0.0.1:5433/optiinfra`,
    );
  });

  it('passes nothing of the developer on that was not meant', () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'mine';
    try {
      const service = serviceDefinition({
        name: 'world',
        main: 'src/world/main.ts',
        after: [],
        layer: 'service',
      });
      expect(service.command(context).variables).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    } finally {
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  it('measures coverage where it was asked for, without the cache of compiled code, and nowhere else', () => {
    const service = serviceDefinition({
      name: 'world',
      main: 'src/world/main.ts',
      after: [],
      layer: 'service',
    });
    const usual = service.command(context).variables;
    expect(usual).not.toHaveProperty('NODE_V8_COVERAGE');
    expect(usual).toHaveProperty('NODE_COMPILE_CACHE');
    const measured = { ...context, descriptor: { ...descriptor, coverageDirectory: '/raw' } };
    const { variables } = service.command(measured);
    expect(variables).toMatchObject({ NODE_V8_COVERAGE: '/raw', NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(variables).not.toHaveProperty('NODE_COMPILE_CACHE');
  });

  it('names the missing main file of a service', async () => {
    const service = serviceDefinition({ name: 'world', main: 'src/nowhere.ts', after: [], layer: 'service' });
    await expect(service.prepare(context)).rejects.toMatchObject({ code: 'BINARY_MISSING' });
  });

  it('lists every process once, and waits for known ones only', () => {
    const names = EMBEDDED_PROCESSES.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...PROCESS_NAMES].sort());
    for (const { after } of EMBEDDED_PROCESSES) expect(names).toEqual(expect.arrayContaining([...after]));
  });

  it('makes other secrets for every environment', () => {
    const other = generateSecrets();
    for (const name of ['postgresAppPassword', 'agentKey', 'serviceKey', 'sealingKey', 'tokenKey'] as const) {
      expect(other[name]).not.toBe(context.secrets[name]);
    }
    expect(Buffer.from(other.sealingKey, 'base64')).toHaveLength(32);
  });
});
