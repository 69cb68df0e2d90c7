import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The rooms and what each may import (ARCHITECTURE.md shows the same table).
 * A room that is not named in `mayImport` is out of bounds.
 */
const agents = ['cost', 'performance', 'resource', 'application'];
const rooms = {
  './src/contracts': [],
  './src/support': ['./src/contracts'],
  './src/platform/kit': ['./src/contracts', './src/support'],
  './src/platform/orchestrator': ['./src/contracts', './src/support', './src/platform/kit'],
  './src/platform/executor': ['./src/contracts', './src/support', './src/platform/kit'],
  './src/platform/portal': ['./src/contracts', './src/support', './src/platform/kit'],
  './src/platform/agents/kit': ['./src/contracts', './src/support', './src/platform/kit'],
  ...Object.fromEntries(
    agents.map((agent) => [
      `./src/platform/agents/${agent}`,
      ['./src/contracts', './src/support', './src/platform/kit', './src/platform/agents/kit'],
    ]),
  ),
  './src/world': ['./src/contracts', './src/support'],
  './src/client': ['./src/contracts', './src/support'],
  './src/environment': ['./src/contracts', './src/support'],
  './src/assertions': ['./src/contracts'],
  './src/fixtures': ['./src/contracts', './src/support', './src/client', './src/environment'],
  './src/reporting': ['./src/contracts', './src/support', './src/assertions'],
  './workflows': ['./src/contracts', './src/assertions'],
  './activities': [
    './src/contracts',
    './src/support',
    './src/client',
    './src/environment',
    './src/fixtures',
    './src/assertions',
    './src/reporting',
  ],
  './worker': [
    './src/contracts',
    './src/support',
    './src/client',
    './src/environment',
    './src/fixtures',
    './src/assertions',
    './src/reporting',
    './activities',
    './workflows',
  ],
};
const everyRoom = Object.keys(rooms);

const zones = Object.entries(rooms).map(([room, mayImport]) => ({
  target: room,
  from: [
    ...everyRoom.filter(
      (other) =>
        other !== room &&
        !other.startsWith(`${room}/`) &&
        !room.startsWith(`${other}/`) &&
        !mayImport.includes(other),
    ),
    './src/cli',
    './tests',
    './scripts',
  ],
  message: `${room} may import only: ${[room, ...mayImport].join(', ')}`,
}));

export default tseslint.config(
  // The example is a package of its own; its test compiles it where it is installed.
  {
    ignores: [
      'node_modules/',
      '.e2e/',
      '.cache/',
      'coverage/',
      'dist/',
      'eslint.config.js',
      'docs/examples/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: [] }, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: 'error',
      // Route handlers and interface implementations are async by shape, whether or not they wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take a Clock (src/support/clock.ts) by injection.' },
        {
          object: 'Math',
          property: 'random',
          message: 'Take a RandomStream (src/support/random.ts) by injection.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Take a Clock by injection.',
        },
        {
          selector: 'CatchClause[body.body.length=0]',
          message: 'No empty catch: rethrow, translate or record.',
        },
        { selector: 'TSEnumDeclaration', message: 'Use a const object and a union.' },
      ],
    },
  },
  {
    files: ['src/support/clock.ts', 'workflows/support/time.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['workflows/**/*.ts', 'src/platform/executor/workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^node:|^(pg|ioredis|undici|@clickhouse/.*|@qdrant/.*|zod|@temporalio/(client|worker|activity))$',
              message: 'Workflow code is deterministic: side effects live in activities.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'setInterval', 'fetch', 'process', 'Buffer'],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: './workflows/tsconfig.json' } },
  },
  // A scenario file is its specification, top to bottom; splitting it would hide the story.
  {
    files: ['workflows/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
