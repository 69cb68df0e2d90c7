import type { ScenarioInput } from '../../../src/contracts/runs.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { flagIs } from '../../../src/assertions/facts.ts';
import { runScenario } from '../../../workflows/support/run-scenario.ts';
import { IN_FLIGHT } from './in-flight-definition.ts';

const green = flagIs({ gate: 'is-so', evidence: 'is.so', expected: true, because: 'it was said' });

export function inFlight(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(IN_FLIGHT, input, async (run) => {
    const subject = await run.customer('Acme Corp');
    for (const { name } of IN_FLIGHT.phases) {
      const observe = { subject, snapshot: { takenAtWorldMs: 0, nodes: [], runningInstanceIds: [name] } };
      await run.phase(name, (call) => call('mutate').compareWithSnapshot(observe), [green]);
    }
  });
}
