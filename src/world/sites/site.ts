import type {
  AgentRuntimeRequest,
  Fault,
  Reclaim,
  Site,
  SiteRequest,
  SiteState,
} from '../../contracts/world.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError, OptiInfraError } from '../../support/errors.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import { RuntimeRefused } from '../agent-runtime/context.ts';
import type { HostListener, RuntimeHost } from '../agent-runtime/host.ts';
import { startAgentRuntime, type AgentRuntime } from '../agent-runtime/runtime.ts';
import type { CloudAccount } from '../clouds/cloud.ts';
import type { Market } from '../market/market.ts';
import type { StartTimes } from './cold-start.ts';
import { createFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { createInterruptions } from './interruptions.ts';
import { createLoadBalancer } from './load-balancer.ts';
import type { Machine } from './machine.ts';
import { createServingSide } from './serving-side.ts';
import { createSiteHost } from './site-host.ts';

/** Wall time between two steps of a site. */
const TICK_MS = 50;
/** Wall time between two looks at the cloud: while somebody follows the fleet, and while nobody does. */
const WATCHED_POLL_MS = 250;
const IDLE_POLL_MS = 1_000;

export interface SiteOptions {
  readonly site: Site;
  readonly request: SiteRequest;
  readonly account: CloudAccount;
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
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** @throws OptiInfraError `INVALID_STATE` when there are fewer spot nodes. */
  reclaim(nodes: number): readonly Reclaim[];
  /** Brings the site to the present moment; the loop does it all the time. */
  tick(): void;
  /** Looks at the cloud; the loop does it all the time. */
  poll(): Promise<void>;
  /** Ends everything and gives every machine of the account back. */
  close(): Promise<void>;
}

/** Starts with the machines that run in the account now, all of them warm. */
export async function openSite(options: SiteOptions): Promise<RunningSite> {
  const site = new LiveSite(options);
  await site.start();
  return site;
}

class LiveSite implements RunningSite {
  readonly #options: SiteOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #fleet: Fleet;
  readonly #balancer = createLoadBalancer<Machine>();
  readonly #faults = createFaults();
  readonly #listeners = new Set<HostListener>();
  readonly #interruptions;
  readonly #serving;
  readonly host: RuntimeHost;
  readonly #stopping = new AbortController();
  /** Taken by the cloud: whatever a look still shows of them, they serve no more. */
  readonly #taken = new Set<string>();
  #loops: Promise<void>[] = [];
  /** The installation in force; asking for it again, as a retried call does, waits for the same one. */
  #installation: { readonly request: AgentRuntimeRequest; readonly done: Promise<void> } | undefined;
  #runtimeFailed = false;
  #runtime: AgentRuntime | undefined;
  #cloudAway = false;

  constructor(options: SiteOptions) {
    const { request, clock, times, logger } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    const startMs = clock.worldMs();
    const { deployment, model, seed, engineConfiguration: configuration, traffic: profile } = request;
    this.#fleet = new Fleet({ deployment, model, seed, configuration, times, logger });
    this.#interruptions = createInterruptions(options.market, request.preset, startMs);
    this.#serving = createServingSide({
      fleet: this.#fleet,
      balancer: this.#balancer,
      faults: this.#faults,
      seed,
      profile,
      startMs,
    });
    this.host = createSiteHost({
      region: request.region,
      deployment,
      model,
      fleet: this.#fleet,
      balancer: this.#balancer,
      clock,
      listeners: this.#listeners,
      changed: () => this.#changed(),
    });
  }

  get site(): Site {
    return this.#options.site;
  }

  async start(): Promise<void> {
    const instances = await this.#options.account.describe();
    this.#fleet.follow(instances, this.#clock.worldMs(), true);
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
    return {
      site: this.site,
      runId: this.#options.request.runId,
      companyName: this.#options.request.companyName,
      requestsPerSecond: this.#serving.requestsPerSecond,
      nodes: this.#fleet.everyMachine.map((machine) =>
        machine.describe(machine.gone ? 0 : this.#balancer.weightOf(machine.instanceId)),
      ),
      requestsServed: this.#serving.served,
      requestsFailed: this.#serving.failed,
      telemetryShipped: this.#runtime?.telemetryShipped ?? 0,
      telemetryLost: this.#runtime?.telemetryLost ?? 0,
      agentRuntime: this.#runtimeFailed ? 'failed' : (this.#runtime?.state ?? 'absent'),
      faults: this.#faults.active,
    };
  }

  async installAgentRuntime(request: AgentRuntimeRequest): Promise<void> {
    const running = this.#installation;
    const alive = running !== undefined && this.#runtime?.state !== 'failed' && !this.#runtimeFailed;
    if (!alive) {
      this.#installation = { request, done: this.#install(request) };
    } else if (running.request.agentToken !== request.agentToken) {
      throw new OptiInfraError('INVALID_STATE', 'an agent-runtime runs on this site already');
    }
    await this.#installation?.done;
  }

  async #install({ apiUrl, agentToken }: AgentRuntimeRequest): Promise<void> {
    this.#runtimeFailed = false;
    const { clock, ids } = this.#options;
    const logger = this.#logger.child({ part: 'agent-runtime' });
    const { signal } = this.#stopping;
    try {
      this.#runtime = await startAgentRuntime({
        apiUrl,
        agentToken,
        host: this.host,
        clock,
        ids,
        logger,
        signal,
      });
    } catch (error) {
      this.#runtimeFailed = true;
      if (!(error instanceof RuntimeRefused)) throw error;
      throw new OptiInfraError('INVALID_STATE', `the platform refused the agent-runtime: ${error.message}`, {
        cause: error,
      });
    }
  }

  addFault(fault: Fault): void {
    this.#faults.add(fault);
    this.#options.market.moveSpot(this.#faults.spotPriceFactor);
    this.#logger.info({ fault }, 'fault switched on');
  }

  clearFaults(): void {
    this.#faults.clear();
    this.#options.market.moveSpot(this.#faults.spotPriceFactor);
    this.#logger.info('faults switched off');
  }

  reclaim(nodes: number): readonly Reclaim[] {
    const spot = this.#fleet.machines.filter(
      ({ lifecycle, interruptionAtMs }) => lifecycle === 'spot' && interruptionAtMs === null,
    );
    if (spot.length < nodes) {
      throw new OptiInfraError(
        'INVALID_STATE',
        `nodes: ${nodes} wanted, ${spot.length} spot nodes can be reclaimed`,
      );
    }
    const announced = this.#interruptions.reclaim(this.#fleet.machines, nodes, this.#clock.worldMs());
    this.#changed();
    return announced;
  }

  tick(): void {
    const nowMs = this.#clock.worldMs();
    const moved = this.#fleet.machines.filter((machine) => machine.step(nowMs)).length > 0;
    const { announced, taken } = this.#interruptions.step(this.#fleet.machines, nowMs);
    if (moved || announced) this.#changed();
    const delivery = this.#serving.advance(nowMs);
    if (taken.length > 0) this.#take(taken);
    for (const listener of this.#listeners) listener.telemetry(delivery);
  }

  async poll(): Promise<void> {
    try {
      const { account } = this.#options;
      const instances = await account.describe();
      const live = instances.filter(({ instanceId }) => !this.#taken.has(instanceId));
      const overdue = instances.filter(({ instanceId }) => this.#taken.has(instanceId));
      const { changed, lost } = this.#fleet.follow(live, this.#clock.worldMs());
      this.#serving.lost(lost);
      if (changed) this.#changed();
      if (this.#cloudAway) this.#logger.info('the cloud answers again');
      this.#cloudAway = false;
      await account.terminate(overdue.map(({ instanceId }) => instanceId));
    } catch (error) {
      if (!(error instanceof OptiInfraError)) throw error;
      if (!this.#cloudAway) this.#logger.warn({ reason: describeError(error) }, 'the cloud does not answer');
      this.#cloudAway = true;
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#loops, this.#runtime?.stop()]);
    const { account } = this.#options;
    const instances = await account.describe();
    await account.terminate(instances.map(({ instanceId }) => instanceId));
    account.close();
  }

  /** The cloud ends the instance itself; what still ran on it fails. */
  #take(instanceIds: readonly string[]): void {
    for (const instanceId of instanceIds) {
      this.#taken.add(instanceId);
      this.#serving.lost(this.#fleet.lose(instanceId));
    }
    this.#changed();
    this.#logger.info({ instanceIds }, 'spot nodes taken by the cloud');
    // What is refused now is asked again at the next look, which still shows the instance.
    this.#options.account.terminate(instanceIds).catch((error: unknown) => {
      this.#logger.warn({ instanceIds, reason: describeError(error) }, 'termination not answered');
    });
  }

  #changed(): void {
    this.#balancer.setBackends(this.#fleet.machines);
    for (const listener of this.#listeners) listener.inventoryChanged();
  }

  #pollPauseMs(): number {
    const watched = this.#listeners.size > 0 || this.#fleet.machines.some(({ available }) => !available);
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
