import { sql, type Kysely, type Migration } from 'kysely';

import { RECOMMENDATION_TYPES } from '../../../../contracts/api/recommendations.ts';
import { TASK_TYPES } from '../../../../contracts/api/orchestration.ts';
import { separateTenants } from './tenant-table.ts';

const listed = (words: readonly string[]) => sql.raw(words.map((word) => `'${word}'`).join(', '));

const statements = [
  sql`ALTER TABLE tasks DROP CONSTRAINT tasks_type_check`,
  sql`ALTER TABLE tasks ADD CONSTRAINT tasks_type_check CHECK (type IN (${listed(TASK_TYPES)}))`,
  sql`ALTER TABLE recommendations ADD CONSTRAINT recommendations_type_check
    CHECK (type IN (${listed(RECOMMENDATION_TYPES)}))`,
  sql`CREATE TABLE recommendation_dependencies (
    customer_id text NOT NULL REFERENCES customers(id),
    recommendation_id text NOT NULL,
    depends_on text NOT NULL,
    PRIMARY KEY (recommendation_id, depends_on),
    CHECK (recommendation_id <> depends_on),
    FOREIGN KEY (customer_id, recommendation_id) REFERENCES recommendations(customer_id, id),
    FOREIGN KEY (customer_id, depends_on) REFERENCES recommendations(customer_id, id)
  )`,
  // Which deployment an optimization changes: what it waits for and holds while it runs.
  sql`ALTER TABLE optimizations ADD COLUMN deployment text`,
  sql`UPDATE optimizations SET deployment = (SELECT plan ->> 'deployment' FROM recommendations
    WHERE recommendations.id = optimizations.recommendation_id)`,
  sql`ALTER TABLE optimizations ALTER COLUMN deployment SET NOT NULL`,
  sql`CREATE TABLE deployment_leases (
    customer_id text NOT NULL REFERENCES customers(id),
    deployment text NOT NULL,
    optimization_id text,
    fencing_token bigint NOT NULL CHECK (fencing_token > 0),
    world_acquired_at timestamptz NOT NULL,
    world_released_at timestamptz,
    PRIMARY KEY (customer_id, deployment),
    CHECK ((optimization_id IS NULL) = (world_released_at IS NOT NULL)),
    FOREIGN KEY (customer_id, optimization_id) REFERENCES optimizations(customer_id, id)
  )`,
  sql`ALTER TABLE credentials DROP CONSTRAINT credentials_pkey`,
  sql`ALTER TABLE credentials ADD PRIMARY KEY (customer_id, provider, region)`,
  sql`ALTER TABLE resolutions ADD UNIQUE (customer_id, id)`,
  sql`ALTER TABLE resolutions ADD COLUMN executed_by text`,
  sql`ALTER TABLE resolutions ADD COLUMN optimization_ids jsonb`,
  sql`ALTER TABLE resolutions ADD COLUMN hybrid_recommendation_id text`,
  sql`ALTER TABLE resolutions ADD FOREIGN KEY (customer_id, hybrid_recommendation_id)
    REFERENCES recommendations(customer_id, id)`,
  sql`ALTER TABLE tasks ADD COLUMN resolution_id text`,
  sql`ALTER TABLE tasks ADD FOREIGN KEY (customer_id, resolution_id) REFERENCES resolutions(customer_id, id)`,
  // Nodes differ while a change is rolled out.
  sql`ALTER TABLE deployments ADD COLUMN engine_configurations jsonb`,
  // Why the platform itself started an analysis, and when in the customer's world.
  sql`ALTER TABLE analyses ADD COLUMN trigger jsonb`,
  sql`ALTER TABLE analyses ADD COLUMN world_created_at timestamptz`,
  sql`CREATE INDEX analyses_triggered ON analyses (customer_id, world_created_at) WHERE trigger IS NOT NULL`,
];

/** What keeps two changes apart: dependencies, leases with fencing, resolutions that are carried out. */
export const conflictTables: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const statement of statements) await statement.execute(database);
    await separateTenants(database, 'recommendation_dependencies', 'SELECT, INSERT, DELETE');
    await separateTenants(database, 'deployment_leases', 'SELECT, INSERT, UPDATE');
  },
};
