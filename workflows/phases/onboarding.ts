import type { RunSubject } from '../../src/contracts/activities.ts';
import type { OnboardRequest } from '../../src/contracts/api/customers.ts';
import type { FleetChoice } from '../../src/contracts/fleets.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/** A company comes to OptiInfra: its fleet is there already, the account is made in this phase. */
export async function signUp(
  run: ScenarioRun,
  { phase, gates }: At,
  companyName: string,
  fleet: FleetChoice = 'acme',
): Promise<RunSubject> {
  const prospect = await run.prospect(companyName, fleet);
  const subject = await run.phase(
    phase,
    (call) => call('mutate').signUp({ prospect, companyName, fleet }),
    gates,
  );
  run.welcome(subject);
  return subject;
}

/** Onboarding that must be refused, each with the field that is wrong. */
export async function tryOnboarding(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  requests: readonly OnboardRequest[],
): Promise<void> {
  await run.phase(phase, (call) => call('probe').tryOnboarding({ subject, requests }), gates);
}

type Onboarding = 'onboard-cloud' | 'install-command' | 'connect-runtime' | 'await-discovery';

/** From an account to a discovered fleet: access, install command, agent-runtime, inventory. */
export async function onboardAndDiscover(
  run: ScenarioRun,
  at: (phase: Onboarding) => At,
  subject: RunSubject,
): Promise<void> {
  const access = at('onboard-cloud');
  await run.phase(access.phase, (call) => call('mutate').onboard({ subject }), access.gates);
  const command = at('install-command');
  await run.phase(command.phase, (call) => call('probe').readInstallCommand({ subject }), command.gates);
  const runtime = at('connect-runtime');
  await run.phase(runtime.phase, (call) => call('mutate').connectRuntime({ subject }), runtime.gates);
  const discovery = at('await-discovery');
  await run.phase(discovery.phase, (call) => call('longWait').awaitDiscovery({ subject }), discovery.gates);
}
