import { createHash } from 'node:crypto';

import { COLD_STARTS, type ColdStart } from '../../contracts/environment.ts';
import type { Site, SiteRequest } from '../../contracts/world.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import type { Cloud, CloudAccount } from '../clouds/cloud.ts';
import { createMarket, type Market } from '../market/market.ts';
import type { AccountMarket } from '../market/routes.ts';
import { PRICE_BOOK } from '../prices/books.ts';
import { findPriceRow } from '../prices/price-book.ts';
import { hardwareFor } from '../serving/hardware.ts';
import { engineTiming } from '../serving/timing.ts';
import { startTimes } from './cold-start.ts';
import { DEPLOYMENT_TAG } from './fleet.ts';
import { openSite, type RunningSite } from './site.ts';

export interface SitesOptions {
  readonly cloud: Cloud;
  readonly coldStart: ColdStart;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** The customers' sides that run at the same time, each in an account of its own. */
export interface Sites {
  create(request: SiteRequest): Promise<Site>;
  list(): readonly RunningSite[];
  /** @throws OptiInfraError `UNKNOWN_SITE`. */
  get(siteId: string): RunningSite;
  /** Ends the site and terminates its machines. @throws OptiInfraError `UNKNOWN_SITE`. */
  remove(siteId: string): Promise<void>;
  marketOf(accountId: string): AccountMarket | undefined;
  /** Ends every site; what the cloud does not take back is said in the log. */
  close(): Promise<void>;
}

interface Entry {
  readonly running: RunningSite;
  readonly market: AccountMarket;
}

export function createSites(options: SitesOptions): Sites {
  const entries = new Map<string, Entry>();
  const find = (siteId: string): Entry => {
    const entry = entries.get(siteId);
    if (entry === undefined) throw new OptiInfraError('UNKNOWN_SITE', `the world has no site ${siteId}`);
    return entry;
  };
  const remove = async (siteId: string): Promise<void> => {
    await find(siteId).running.close();
    entries.delete(siteId);
  };
  return {
    create: async (request) => {
      const entry = await createSite(options, request);
      entries.set(entry.running.site.siteId, entry);
      return entry.running.site;
    },
    list: () => [...entries.values()].map(({ running }) => running),
    get: (siteId) => find(siteId).running,
    remove,
    marketOf: (accountId) =>
      [...entries.values()].find(({ running }) => running.site.accountId === accountId)?.market,
    close: async () => {
      const closings = await Promise.allSettled([...entries.keys()].map((siteId) => remove(siteId)));
      for (const closing of closings) {
        if (closing.status === 'rejected')
          options.logger.warn({ err: closing.reason }, 'a site was not cleaned up');
      }
    },
  };
}

async function createSite(options: SitesOptions, request: SiteRequest): Promise<Entry> {
  const { clock, ids, coldStart } = options;
  const zones = zonesFor(request);
  const siteId = ids('site');
  const accountId = accountOf(siteId);
  const logger = options.logger.child({ siteId, accountId });
  const market = createMarket({ seed: request.seed, anchorWorldMs: clock.worldMs() });
  const account = await options.cloud.openAccount(accountId, request.region);
  try {
    const instanceIds = await launchFleet(account, request, zones);
    const site: Site = {
      siteId,
      accountId,
      roleArn: `arn:aws:iam::${accountId}:role/OptiInfraRole`,
      region: request.region,
      instanceIds,
    };
    const times = startTimes(coldStart);
    const running = await openSite({ site, request, account, market, times, clock, ids, logger });
    logger.info({ request, instanceIds }, 'site opened');
    return { running, market: marketView(market, request, coldStart) };
  } catch (error) {
    await releaseAccount(account, logger);
    throw error;
  }
}

/** Refuses at the door what could not be served or priced later. */
function zonesFor(request: SiteRequest): readonly string[] {
  engineTiming(hardwareFor(request.instanceType, request.model), request.engineConfiguration);
  const row = findPriceRow(PRICE_BOOK[request.priceBook], 'aws', request.region, request.instanceType);
  if (row !== undefined) return row.spot.map(({ zone }) => zone);
  throw new OptiInfraError(
    'VALIDATION_FAILED',
    `instanceType: the ${request.priceBook} book has no price for ${request.instanceType} in ${request.region}`,
    { details: { field: 'instanceType' } },
  );
}

/** Twelve digits that follow from the site's id, so that a world that starts anew never meets an old account. */
function accountOf(siteId: string): string {
  const digest = createHash('sha256').update(siteId).digest().readBigUInt64BE();
  return String(100_000_000_000n + (digest % 900_000_000_000n));
}

/** Nodes spread evenly over the zones. One call a zone: the cloud places a call's instances together. */
async function launchFleet(
  account: CloudAccount,
  request: SiteRequest,
  zones: readonly string[],
): Promise<string[]> {
  const { deployment, runId, instanceType, nodes } = request;
  const instanceIds: string[] = [];
  for (const [index, zone] of zones.entries()) {
    const count = Math.floor(nodes / zones.length) + Number(index < nodes % zones.length);
    if (count === 0) continue;
    const launched = await account.launchOnDemand({
      zone,
      instanceType,
      count,
      tags: { [DEPLOYMENT_TAG]: deployment, 'optiinfra:run': runId },
    });
    instanceIds.push(...launched.map(({ instanceId }) => instanceId));
  }
  return instanceIds;
}

/** A half-launched fleet is given back; the failure that led here stays the one that is reported. */
async function releaseAccount(account: CloudAccount, logger: Logger): Promise<void> {
  try {
    const left = await account.describe();
    await account.terminate(left.map(({ instanceId }) => instanceId));
  } catch (error) {
    logger.error({ err: error }, 'instances of a site that did not open may be left');
  } finally {
    account.close();
  }
}

function marketView(market: Market, request: SiteRequest, coldStart: ColdStart): AccountMarket {
  return {
    market,
    priceBook: PRICE_BOOK[request.priceBook],
    preset: request.preset,
    coldStartSeconds: COLD_STARTS[coldStart],
  };
}
