import type { ProjectConfig } from 'optiinfra-e2e/project';

export default {
  name: 'shop',
  scenarios: './scenarios.ts',
  activities: './activities.ts',
} satisfies ProjectConfig;
