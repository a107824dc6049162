// Builds src/wasm from the crates: both flavours, optimised, with the hash of the sources they were built from.
// `node crates/wasm/build.mjs` builds; `--check` only says whether the committed build is of these sources.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'src/wasm')
const hashFile = join(out, 'sources.sha256')

const SOURCES = ['Cargo.toml', 'Cargo.lock', 'crates/wasm/build.mjs', 'crates/kernels/build.rs']
const CRATES = ['kernels', 'formula', 'wasm']

function sourceFiles() {
  const ofCrates = CRATES.flatMap((crate) => {
    const folder = join(root, 'crates', crate, 'src')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      // Behind the feature `references`, which the build has not.
      .filter((entry) => !(entry.parentPath ?? entry.path).endsWith(join('kernels', 'src', 'reference')))
    return [
      `crates/${crate}/Cargo.toml`,
      ...files.map((file) => relative(root, join(file.parentPath ?? file.path, file.name)).replaceAll('\\', '/')),
    ]
  })
  return [...SOURCES, ...ofCrates].sort()
}

/** SHA-256 over the names and contents of everything the build reads. */
export function sourceHash() {
  const hash = createHash('sha256')
  for (const file of sourceFiles())
    hash
      .update(`${file}\n`)
      .update(readFileSync(join(root, file)))
      .update('\n')
  return hash.digest('hex')
}

/** The hash the committed build was made from; empty when there is none. */
export function builtHash() {
  return existsSync(hashFile) ? readFileSync(hashFile, 'utf8').trim() : ''
}

const ENABLED = [
  ...['simd', 'bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'],
  ...['reference-types', 'multivalue'],
].map((feature) => `--enable-${feature}`)
const FLAVOURS = [
  { name: 'simd', rustFlags: ['-C', 'target-feature=+simd128'], cargo: [] },
  {
    name: 'threads',
    rustFlags: [
      ...['-C', 'target-feature=+simd128,+atomics,+bulk-memory'],
      ...['-C', 'link-arg=--shared-memory', '-C', 'link-arg=--import-memory'],
      ...['-C', 'link-arg=--max-memory=4294967296'],
      ...['__wasm_init_tls', '__tls_size', '__tls_align', '__tls_base'].flatMap((s) => [
        '-C',
        `link-arg=--export=${s}`,
      ]),
    ],
    cargo: ['--features', 'threads'],
  },
]

const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')

/** The Rust that has a standard library for wasm32: Debian's where it is installed, else rustup's. */
function toolchain() {
  const path = [join(cargoHome, 'bin'), process.env.PATH]
  const debian = existsSync('/usr/lib/rustlib/wasm32-unknown-unknown') || existsSync('/usr/src/rustc-1.96.0')
  return {
    ...process.env,
    ...(debian && { RUSTC: '/usr/bin/rustc', CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld' }),
    RUSTC_BOOTSTRAP: '1',
    PATH: (debian ? ['/usr/bin', ...path] : path).join(':'),
  }
}

/** Flags that keep the paths of the building machine out of the panics' locations. */
function remapped() {
  const registry = join(cargoHome, 'registry/src')
  const sources = existsSync(registry) ? readdirSync(registry).map((name) => join(registry, name)) : []
  return [root, ...sources].map((path) => `--remap-path-prefix=${path.replace(/\/$/, '')}=`).join(' ')
}

function build() {
  const env = toolchain()
  for (const { name, rustFlags, cargo } of FLAVOURS) {
    const folder = join(out, name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const arguments_ = [
      ...['build', join(root, 'crates/wasm'), '--release', '--mode', 'no-install', '--no-opt', '--no-pack'],
      ...['--target', 'web', '--out-dir', folder, '--out-name', 'millrace', '--', ...cargo],
      // The standard library too: atomics need one that was built with them, and its paths are remapped.
      '-Zbuild-std=std,panic_abort',
    ]
    execFileSync('wasm-pack', arguments_, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...env,
        RUSTFLAGS: `${rustFlags.join(' ')} ${remapped()}`,
        CARGO_TARGET_DIR: join(root, 'target', `wasm-${name}`),
      },
    })
    rmSync(join(folder, '.gitignore'), { force: true })
    // Optimised by Binaryen 132, two rayon threads end in `unreachable` at any level; test/wasm/threads.test.ts shows it.
    if (name === 'threads') continue
    const wasm = join(folder, 'millrace_bg.wasm')
    execFileSync(join(root, 'node_modules/.bin/wasm-opt'), ['-O3', ...ENABLED, wasm, '-o', wasm], { stdio: 'inherit' })
  }
  writeFileSync(hashFile, `${sourceHash()}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) build()
  else if (sourceHash() !== builtHash()) {
    console.error('src/wasm was built from other Rust sources: run `npm run build:wasm` and commit the result')
    process.exit(1)
  }
}
