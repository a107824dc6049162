// Who may import whom: data flows down, imports point up (src/README.md has the picture).
const may = {
  domain: [],
  storage: ['domain'],
  'storage/duckdb': [
    'storage/clean',
    'storage/repository',
    'storage/row-flags',
    'storage/row-selection',
    'storage/user-columns',
    'domain',
  ],
  'storage/mirror': [
    'storage/clean',
    'storage/load-each',
    'storage/repository',
    'storage/row-flags',
    'storage/row-selection',
    'storage/user-columns',
    'domain',
  ],
  indicators: ['domain'],
  signals: ['domain'],
  formula: ['indicators', 'domain'],
  // Its stages; what all of them know stands above them.
  'formula/errors': ['formula/limits', 'domain'],
  'formula/read': ['formula/errors', 'formula/limits', 'domain'],
  'formula/graph': ['formula/read/tree', 'formula/limits', 'formula/names', 'indicators', 'domain'],
  'formula/check': [
    'formula/graph',
    'formula/read',
    'formula/errors',
    'formula/limits',
    'formula/names',
    'indicators',
    'domain',
  ],
  'formula/plan': ['formula/check', 'formula/graph', 'formula/names', 'indicators', 'domain'],
  'engine/shared': ['domain', 'storage/load-each', 'storage/repository', 'signals/matches'],
  'engine/worker': ['engine/shared', 'storage', 'signals', 'domain', 'wasm'],
  // Inline jobs run a worker's session in the main thread.
  'engine/main': [
    'engine/shared',
    'engine/worker/session',
    'engine/worker/program',
    'engine/platform/platform',
    'storage',
    'formula',
    'signals',
    'domain',
    'wasm',
  ],
  'engine/platform': ['engine/main', 'engine/shared', 'domain'],
  explain: ['engine/main', 'formula', 'indicators', 'domain'],
  'use-cases': ['domain', 'storage', 'indicators', 'formula', 'engine', 'signals', 'explain'],
  // What every entry has; it makes no engine, so it knows no place.
  core: [
    'domain',
    'storage',
    'indicators',
    'formula',
    'engine/main/options',
    'engine/main/progress',
    'engine/platform/kernels',
    'signals',
    'explain',
    'use-cases',
  ],
  // The entries put the engine together.
  browser: ['core', 'engine/main', 'engine/platform/browser', 'engine/platform/kernels', 'use-cases'],
  node: [
    'core',
    'engine/main',
    'engine/platform/node',
    'engine/platform/package-files',
    'storage/duckdb',
    'storage/mirror',
    'use-cases',
  ],
  inline: ['core', 'engine/main', 'engine/platform/node', 'storage/duckdb', 'storage/mirror', 'use-cases'],
}

const ENTRIES = '^src/(node|browser|inline)\\.ts$'

module.exports = {
  forbidden: [
    ...Object.entries(may).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}(/|\\.)` },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}(/|\\.|$)`) },
    })),
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-entries-compose',
      comment: 'An engine is put together in one place per platform.',
      severity: 'error',
      from: { path: '^src/', pathNot: ENTRIES },
      to: {
        path: '^src/engine/(main/engine|platform/(node|browser|package-files))\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-platform-names-node',
      comment: 'Everything a browser bundle contains stays free of Node.',
      severity: 'error',
      from: {
        path: '^src/((domain|indicators|formula|signals|explain|use-cases|engine/(main|shared|worker))/|(core|browser)\\.ts$)',
        pathNot: '^src/engine/(main/pool|worker/worker)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/wasm/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
    },
  },
}
