import type { Observation, RunSubject } from './activities.ts';
import type { OnboardRequest } from './api/customers.ts';
import type { FleetChoice } from './fleets.ts';
import type { ScenarioInput } from './runs.ts';

/** A company with its fleet before it comes to OptiInfra. */
export type Prospect = Omit<RunSubject, 'customerId'>;

/** The way of a new customer, step by step, as the customer goes it. No secret travels: tokens stay on the worker's side. */
export interface OnboardingActivities {
  /** The customer's side in the world, without any account at the platform. */
  prepareProspect(input: {
    runId: string;
    scenario: ScenarioInput;
    companyName: string;
    fleet: FleetChoice;
  }): Promise<Prospect>;
  /** Signs up and logs in; a second signup and a wrong password are tried as well. As `account.*`. */
  signUp(input: {
    prospect: Prospect;
    companyName: string;
    fleet: FleetChoice;
  }): Promise<Observation<RunSubject>>;
  /** Each request must be refused: `refusals` has `status code field` of each, in order. */
  tryOnboarding(input: { subject: RunSubject; requests: readonly OnboardRequest[] }): Promise<Observation>;
  /** Gives access to every place, as `onboarding.*`. */
  onboard(input: { subject: RunSubject }): Promise<Observation>;
  /** What the install command is like, as `install.*`. */
  readInstallCommand(input: { subject: RunSubject }): Promise<Observation>;
  /** Runs the install command of a fresh token at the customer's side; uses the token a second time. As `runtime.*`. */
  connectRuntime(input: { subject: RunSubject }): Promise<Observation>;
  /** Waits until the platform has found what the world runs, as `discovery.*`. */
  awaitDiscovery(input: { subject: RunSubject }): Promise<Observation>;
}

/** What a new customer sees first. */
export interface JourneyActivities {
  /** Asks every agent, and waits for all of them and for the opinions on what they offer, as `analyses.*`. */
  analyseByAll(input: { subject: RunSubject }): Promise<Observation>;
  /** The dashboard as the portal shows it, against the stores, as `dashboard.*`. */
  readDashboard(input: { subject: RunSubject }): Promise<Observation<{ highestSavingId: string }>>;
  /** Approves through the portal's own port. */
  approveInPortal(input: {
    subject: RunSubject;
    recommendationId: string;
  }): Promise<Observation<{ optimizationId: string }>>;
  /** Live updates as the portal passes them on, against the outbox, as `live.*`. */
  countLiveUpdates(input: { subject: RunSubject }): Promise<Observation>;
  /** Every agent's beats in the last minute, by the API and the rows, as `agents.*`. */
  readHeartbeats(input: { subject: RunSubject }): Promise<Observation>;
}
