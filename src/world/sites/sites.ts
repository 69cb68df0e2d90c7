import { COLD_STARTS, type ColdStart } from '../../contracts/environment.ts';
import type { Site, SiteRequest } from '../../contracts/world.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import type { Clouds } from '../clouds/cloud.ts';
import { createMarket, type Market } from '../market/market.ts';
import type { AccountMarket } from '../market/routes.ts';
import { PRICE_BOOK } from '../prices/books.ts';
import { startTimes } from './cold-start.ts';
import { accountsOf, launchFleet, openEstate, planFleets, releaseEstate } from './opening.ts';
import { openSite, type RunningSite } from './site.ts';

export interface SitesOptions {
  readonly clouds: Clouds;
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
  /** By AWS account or GCP project. */
  withAccount(accountId: string): RunningSite | undefined;
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
  const holding = (accountId: string): Entry | undefined =>
    [...entries.values()].find(({ running }) =>
      running.site.accounts.some((account) => account.accountId === accountId),
    );
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
    withAccount: (accountId) => holding(accountId)?.running,
    marketOf: (accountId) => holding(accountId)?.market,
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
  const fleets = planFleets(request);
  const siteId = ids('site');
  const accounts = accountsOf(siteId, request);
  const logger = options.logger.child({ siteId, accountId: accounts[0]?.accountId });
  const market = createMarket({ seed: request.seed, anchorWorldMs: clock.worldMs() });
  const estate = await openEstate(options.clouds, accounts);
  try {
    const instanceIds: string[] = [];
    for (const fleet of fleets) instanceIds.push(...(await launchFleet(estate, fleet, request.runId)));
    const site: Site = { siteId, accounts, instanceIds };
    const times = startTimes(coldStart);
    const running = await openSite({ site, request, estate, market, times, clock, ids, logger });
    logger.info({ request, instanceIds }, 'site opened');
    return { running, market: marketView(market, request, coldStart) };
  } catch (error) {
    await releaseEstate(estate, logger);
    throw error;
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
