/** A part of the project whose coverage is told, and judged where it has a goal. */
export interface Component {
  readonly name: string;
  /** Directories from the root, with a slash at the end. A file belongs to the longest that holds it. */
  readonly directories: readonly string[];
  /** Percent of its lines that must run; null: told, and part of the overall goal only. */
  readonly goalPercent: number | null;
}

export const OVERALL_GOAL_PERCENT = 85;

/** Where measured sources lie. */
export const SOURCE_DIRECTORIES = ['src', 'activities', 'worker', 'workflows'];

export const COMPONENTS: readonly Component[] = [
  { name: 'orchestrator', directories: ['src/platform/orchestrator/'], goalPercent: 90 },
  { name: 'cost-agent', directories: ['src/platform/agents/cost/'], goalPercent: 85 },
  { name: 'performance-agent', directories: ['src/platform/agents/performance/'], goalPercent: 85 },
  { name: 'resource-agent', directories: ['src/platform/agents/resource/'], goalPercent: 85 },
  { name: 'application-agent', directories: ['src/platform/agents/application/'], goalPercent: 85 },
  { name: 'agents-kit', directories: ['src/platform/agents/kit/'], goalPercent: 85 },
  // What the portal serves, and the orchestrator's routes under /portal, which only it asks.
  {
    name: 'portal-api',
    directories: ['src/platform/portal/', 'src/platform/orchestrator/dashboard/'],
    goalPercent: 80,
  },
  { name: 'executor', directories: ['src/platform/executor/'], goalPercent: null },
  { name: 'platform-kit', directories: ['src/platform/kit/'], goalPercent: null },
  { name: 'world', directories: ['src/world/'], goalPercent: null },
  { name: 'client', directories: ['src/client/'], goalPercent: null },
  {
    name: 'harness',
    directories: [
      'activities/',
      'worker/',
      ...['assertions', 'cli', 'environment', 'fixtures', 'reporting'].map((room) => `src/${room}/`),
    ],
    goalPercent: null,
  },
  { name: 'workflows', directories: ['workflows/'], goalPercent: null },
  { name: 'shared', directories: ['src/contracts/', 'src/support/'], goalPercent: null },
];

/** The component that a file belongs to; undefined when none claims it. */
export function componentOf(path: string, components: readonly Component[]): Component | undefined {
  const claims = components.flatMap((component) =>
    component.directories
      .filter((directory) => path.startsWith(directory))
      .map((directory) => ({ component, length: directory.length })),
  );
  return claims.sort((a, b) => b.length - a.length)[0]?.component;
}
