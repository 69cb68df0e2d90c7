import { sql, type Kysely, type Migration } from 'kysely';

import { separateTenants } from './tenant-table.ts';

const statements = [
  sql`CREATE TABLE golden_runs (
    id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    deployment text NOT NULL,
    engine_configuration jsonb NOT NULL,
    prompts integer NOT NULL CHECK (prompts > 0),
    status text NOT NULL CHECK (status IN ('ordered', 'completed', 'failed')),
    answers jsonb NOT NULL DEFAULT '[]',
    problem text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((status = 'ordered') = (finished_at IS NULL)),
    CHECK ((status = 'failed') = (problem IS NOT NULL)),
    CHECK (status <> 'completed' OR jsonb_array_length(answers) = prompts),
    UNIQUE (customer_id, id)
  )`,
  sql`CREATE INDEX golden_runs_ordered ON golden_runs (customer_id, created_at) WHERE status = 'ordered'`,
  // Answers stay with their run, which a completed one never changes: a baseline names the run.
  sql`ALTER TABLE quality_baselines
    ADD COLUMN deployment text,
    ADD COLUMN engine_configuration jsonb,
    ADD COLUMN source text NOT NULL DEFAULT 'traffic' CHECK (source IN ('traffic', 'golden_prompts')),
    ADD COLUMN golden_run_id text,
    ADD CONSTRAINT quality_baselines_source CHECK ((source = 'golden_prompts') = (golden_run_id IS NOT NULL)),
    ADD CONSTRAINT quality_baselines_golden_run FOREIGN KEY (customer_id, golden_run_id)
      REFERENCES golden_runs(customer_id, id),
    ADD CONSTRAINT quality_baselines_of_a_recommendation_or_a_configuration
      CHECK (recommendation_id IS NOT NULL OR (deployment IS NOT NULL AND engine_configuration IS NOT NULL))`,
  sql`ALTER TABLE quality_baselines ALTER COLUMN source DROP DEFAULT`,
  sql`CREATE UNIQUE INDEX quality_baselines_golden ON quality_baselines (customer_id, golden_run_id)
    WHERE recommendation_id IS NULL`,
  sql`ALTER TABLE quality_baselines ADD UNIQUE (customer_id, id)`,
  sql`CREATE TABLE quality_comparisons (
    golden_run_id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    baseline_id text NOT NULL,
    deployment text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('kept', 'regression', 'inconclusive')),
    pairs integer NOT NULL CHECK (pairs >= 0),
    baseline_mean double precision NOT NULL,
    present_mean double precision NOT NULL,
    quality_drop double precision,
    quality_drop_lower double precision,
    quality_drop_upper double precision,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (customer_id, golden_run_id) REFERENCES golden_runs(customer_id, id),
    FOREIGN KEY (customer_id, baseline_id) REFERENCES quality_baselines(customer_id, id)
  )`,
  sql`CREATE TABLE deployment_configurations (
    customer_id text NOT NULL REFERENCES customers(id),
    deployment text NOT NULL,
    settled jsonb NOT NULL,
    candidate jsonb,
    candidate_reports integer NOT NULL DEFAULT 0,
    candidate_nodes integer NOT NULL DEFAULT 0,
    looked_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, deployment)
  )`,
];

/** How good answers are and were, and with which engine configuration. */
export const qualityTables: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const statement of statements) await statement.execute(database);
    await separateTenants(database, 'golden_runs', 'SELECT, INSERT, UPDATE');
    await separateTenants(database, 'quality_comparisons', 'SELECT, INSERT');
    await separateTenants(database, 'deployment_configurations', 'SELECT, INSERT, UPDATE');
  },
};
