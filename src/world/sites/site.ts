import type {
  AgentRuntimeRequest,
  DeployRequest,
  Fault,
  Reclaim,
  ReclaimRequest,
  Site,
  SiteRequest,
  SiteState,
  TrafficRequest,
} from '../../contracts/world.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError, OptiInfraError } from '../../support/errors.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import type { HostListener, RuntimeHost } from '../agent-runtime/host.ts';
import type { Market } from '../market/market.ts';
import type { StartTimes } from './cold-start.ts';
import type { Estate } from './estate.ts';
import { createFaults, NOBODY_GUARDED } from './faults.ts';
import { createInstallation } from './installation.ts';
import { createInterruptions, reclaimable } from './interruptions.ts';
import type { Machine } from './machine.ts';
import { createProtection } from './protection.ts';
import { SeenInstances } from './seen-instances.ts';
import { createServedDeployment, type ServedDeployment } from './served-deployment.ts';
import { createSiteHost } from './site-host.ts';
import { createSpotCapacity } from './spot-capacity.ts';

/** Wall time between two steps of a site. */
const TICK_MS = 50;
/** Wall time between two looks at the cloud: while somebody follows the fleets, and while nobody does. */
const WATCHED_POLL_MS = 250;
const IDLE_POLL_MS = 1_000;

export interface SiteOptions {
  readonly site: Site;
  readonly request: SiteRequest;
  readonly estate: Estate;
  readonly market: Market;
  readonly times: StartTimes;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** A customer's side at work. */
export interface RunningSite {
  readonly site: Site;
  /** What a program installed here may see and do. */
  readonly host: RuntimeHost;
  state(): SiteState;
  /** @throws OptiInfraError `INVALID_STATE` when another one runs already or the platform refuses it. */
  installAgentRuntime(request: AgentRuntimeRequest): Promise<void>;
  /** @throws OptiInfraError `CLOUD_REFUSED` when the cloud does not take what the fault needs. */
  addFault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** @throws OptiInfraError `VALIDATION_FAILED` when there is no such deployment. */
  deploy(request: DeployRequest): void;
  /** @throws OptiInfraError `VALIDATION_FAILED` when there is no such deployment. */
  setTraffic(request: TrafficRequest): void;
  /** @throws OptiInfraError `INVALID_STATE` when there are fewer spot nodes. */
  reclaim(request: ReclaimRequest): readonly Reclaim[];
  /** Whether the cloud has a spot machine to give in this zone now. */
  hasSpotCapacity(zone: string): boolean;
  /** Brings the site to the present moment; the loop does it all the time. */
  tick(): void;
  /** Looks at the clouds; the loop does it all the time. */
  poll(): Promise<void>;
  /** Ends everything and gives every machine of the accounts back. */
  close(): Promise<void>;
}

/** Starts with the machines that run in the accounts now, all of them warm. */
export async function openSite(options: SiteOptions): Promise<RunningSite> {
  const site = new LiveSite(options);
  await site.start();
  return site;
}

class LiveSite implements RunningSite {
  readonly #options: SiteOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #deployments: readonly ServedDeployment[];
  readonly #seen = new SeenInstances();
  readonly #faults = createFaults();
  readonly #capacity = createSpotCapacity(this.#faults);
  readonly #protection;
  readonly #listeners = new Set<HostListener>();
  readonly #interruptions;
  readonly #installation;
  readonly host: RuntimeHost;
  readonly #stopping = new AbortController();
  /** Taken by the cloud: whatever a look still shows of them, they serve no more. */
  readonly #taken = new Set<string>();
  #loops: Promise<void>[] = [];
  #cloudAway = false;

  constructor(options: SiteOptions) {
    const { request, clock, ids, times, logger, market, estate } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    const startMs = clock.worldMs();
    this.#deployments = request.fleets.map((fleet, index) =>
      createServedDeployment({
        request: fleet,
        seed: request.seed,
        // The first fleet draws what a site of one fleet always drew.
        streamPrefix: index === 0 ? '' : `${fleet.deployment}/`,
        faults: this.#faults,
        times,
        startMs,
        logger,
      }),
    );
    this.#interruptions = createInterruptions(market, request.preset, startMs);
    this.#protection = createProtection(estate);
    this.host = createSiteHost({
      deployments: this.#deployments,
      seen: this.#seen,
      clock,
      listeners: this.#listeners,
      changed: () => this.#changed(),
    });
    this.#installation = createInstallation({
      host: this.host,
      clock,
      ids,
      logger: logger.child({ part: 'agent-runtime' }),
      signal: this.#stopping.signal,
    });
  }

  get site(): Site {
    return this.#options.site;
  }

  async start(): Promise<void> {
    const instances = await this.#options.estate.describe();
    const nowMs = this.#clock.worldMs();
    this.#seen.follow(instances, nowMs);
    for (const { fleet } of this.#deployments) {
      for (const instance of instances) fleet.look(instance, nowMs, true);
    }
    this.#changed();
    this.#loops = [
      this.#every(
        () => TICK_MS,
        async () => this.tick(),
      ),
      this.#every(
        () => this.#pollPauseMs(),
        () => this.poll(),
      ),
    ];
  }

  state(): SiteState {
    const deployments = this.#deployments.map((deployment) => deployment.summary());
    return {
      site: this.site,
      runId: this.#options.request.runId,
      companyName: this.#options.request.companyName,
      deployments,
      nodes: this.#deployments.flatMap((deployment) => deployment.nodes()),
      requestsServed: deployments.reduce((sum, { requestsServed }) => sum + requestsServed, 0),
      requestsFailed: deployments.reduce((sum, { requestsFailed }) => sum + requestsFailed, 0),
      telemetryShipped: this.#installation.telemetryShipped,
      telemetryLost: this.#installation.telemetryLost,
      agentRuntime: this.#installation.state,
      faults: this.#faults.active,
    };
  }

  installAgentRuntime(request: AgentRuntimeRequest): Promise<void> {
    return this.#installation.install(request);
  }

  async addFault(fault: Fault): Promise<void> {
    this.#faults.add(fault);
    await this.#settleFaults();
    this.#logger.info({ fault }, 'fault switched on');
  }

  async clearFaults(): Promise<void> {
    this.#faults.clear();
    await this.#settleFaults();
    this.#logger.info('faults switched off');
  }

  deploy(request: DeployRequest): void {
    this.#named(request.deployment).pipeline.deploy(request);
    this.#logger.info({ request }, 'the customer rolls out');
  }

  setTraffic({ deployment, requestsPerSecond }: TrafficRequest): void {
    this.#named(deployment).serving.setRate(requestsPerSecond);
    this.#logger.info({ deployment, requestsPerSecond }, 'traffic changes');
  }

  reclaim({ nodes, instanceIds }: ReclaimRequest): readonly Reclaim[] {
    const spot = reclaimable(this.#machines);
    const wanted =
      instanceIds === undefined
        ? spot.slice(0, nodes)
        : spot.filter(({ instanceId }) => instanceIds.includes(instanceId));
    if (wanted.length < nodes) {
      throw new OptiInfraError(
        'INVALID_STATE',
        `nodes: ${nodes} wanted, ${wanted.length} spot nodes can be reclaimed`,
      );
    }
    const announced = this.#interruptions.reclaim(wanted, this.#clock.worldMs());
    this.#changed();
    return announced;
  }

  hasSpotCapacity(zone: string): boolean {
    return this.#capacity.has(zone, this.#clock.worldMs());
  }

  tick(): void {
    const nowMs = this.#clock.worldMs();
    const machines = this.#machines;
    const moved = machines.filter((machine) => machine.step(nowMs)).length > 0;
    const { announced, taken } = this.#interruptions.step(machines, nowMs);
    this.#capacity.took(announced);
    const delivering = this.#deployments.filter(({ pipeline }) => pipeline.step()).length > 0;
    if (moved || announced.length > 0 || delivering) this.#changed();
    const deliveries = this.#deployments.map(({ name, serving }) => ({
      deployment: name,
      ...serving.advance(nowMs),
    }));
    if (taken.length > 0) this.#take(taken);
    for (const listener of this.#listeners) {
      for (const delivery of deliveries) listener.telemetry(delivery);
    }
  }

  async poll(): Promise<void> {
    try {
      const { estate } = this.#options;
      const instances = await estate.describe();
      const live = instances.filter(({ instanceId }) => !this.#taken.has(instanceId));
      const overdue = instances.filter(({ instanceId }) => this.#taken.has(instanceId));
      const nowMs = this.#clock.worldMs();
      const { changed, absent } = this.#seen.follow(live, nowMs);
      const joined = live.filter((instance) =>
        this.#deployments.some(({ fleet }) => fleet.look(instance, nowMs)),
      );
      for (const instanceId of absent) this.#lose(instanceId);
      if (changed || joined.length > 0) this.#changed();
      if (this.#cloudAway) this.#logger.info('the cloud answers again');
      this.#cloudAway = false;
      await estate.terminate(overdue.map(({ instanceId }) => instanceId));
    } catch (error) {
      if (!(error instanceof OptiInfraError)) throw error;
      if (!this.#cloudAway) this.#logger.warn({ reason: describeError(error) }, 'the cloud does not answer');
      this.#cloudAway = true;
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#loops, this.#installation.stop()]);
    const { estate } = this.#options;
    const instances = await estate.describe();
    await this.#protection.settle(this.#machines, NOBODY_GUARDED);
    await estate.terminate(instances.map(({ instanceId }) => instanceId));
    estate.close();
  }

  get #machines(): readonly Machine[] {
    return this.#deployments.flatMap(({ fleet }) => fleet.machines);
  }

  #named(deployment: string): ServedDeployment {
    const found = this.#deployments.find(({ name }) => name === deployment);
    if (found !== undefined) return found;
    throw new OptiInfraError('VALIDATION_FAILED', `deployment: the site has no ${deployment}`, {
      details: { field: 'deployment' },
    });
  }

  async #settleFaults(): Promise<void> {
    this.#options.market.moveSpot(this.#faults.spotPriceFactor);
    await this.#protection.settle(this.#machines, this.#faults.guarded);
  }

  /** The cloud ends the instance itself; what still ran on it fails. */
  #take(instanceIds: readonly string[]): void {
    for (const instanceId of instanceIds) {
      this.#taken.add(instanceId);
      this.#seen.forget(instanceId);
      this.#lose(instanceId);
    }
    this.#changed();
    this.#logger.info({ instanceIds }, 'spot nodes taken by the cloud');
    // What is refused now is asked again at the next look, which still shows the instance.
    this.#options.estate.terminate(instanceIds).catch((error: unknown) => {
      this.#logger.warn({ instanceIds, reason: describeError(error) }, 'termination not answered');
    });
  }

  #lose(instanceId: string): void {
    for (const { fleet, serving } of this.#deployments) {
      const loss = fleet.lose(instanceId);
      if (loss !== undefined) serving.lost(loss);
    }
  }

  #changed(): void {
    for (const deployment of this.#deployments) deployment.rebalance();
    for (const listener of this.#listeners) listener.inventoryChanged();
  }

  #pollPauseMs(): number {
    const watched = this.#listeners.size > 0 || this.#machines.some(({ available }) => !available);
    return watched ? WATCHED_POLL_MS : IDLE_POLL_MS;
  }

  async #every(pauseMs: () => number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        await work();
        await this.#clock.sleepWall(pauseMs(), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
