// Runs the benches: `npm run bench` all of them, `npm run bench -- end-to-end/scan` one, `-- --check` each briefly,
// for its result only. Writes bench/results/*.json; `-- --table` puts them into the README.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const options = process.argv.slice(2)
const brief = options.includes('--check')
const wanted = options.filter((option) => !option.startsWith('--'))

const names = readdirSync('bench', { recursive: true })
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/\.bench\.ts$/, ''))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
if (names.length === 0) {
  console.error(`no bench is called ${wanted.join(', ')}`)
  process.exit(2)
}

function machine() {
  const [cpu] = cpus()
  return {
    cpu: cpu?.model.trim(),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${process.platform} ${process.arch} ${release().split('.').slice(0, 2).join('.')}`,
    node: process.version,
    v8: process.versions.v8,
  }
}

for (const name of names) {
  const outfile = join('node_modules/.cache/bench', `${name}.mjs`)
  await build({
    entryPoints: [join('bench', `${name}.bench.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [
      {
        // What is measured is what is published, not a bundle of it.
        name: 'dist-stays-outside',
        setup({ onResolve }) {
          onResolve({ filter: /\/dist\// }, ({ path }) => {
            const inDist = path.slice(path.indexOf('/dist/') + 1)
            return { path: relative(join(outfile, '..'), inDist).replaceAll('\\', '/'), external: true }
          })
        },
      },
    ],
  })
  console.log(`\n== ${name}`)
  const bench = await import(pathToFileURL(outfile).href)
  const rows = await bench.run({ brief })
  console.table(Object.fromEntries(rows.map(({ name: row, ...figures }) => [row, figures])))
  if (brief) continue
  mkdirSync('bench/results', { recursive: true })
  const result = {
    bench: name,
    asked: bench.asked,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    rows,
  }
  writeFileSync(`bench/results/${name.replaceAll('/', '-')}.json`, `${JSON.stringify(result, null, 2)}\n`)
}

if (options.includes('--table')) {
  const readme = readFileSync('README.md', 'utf8')
  const parts = readdirSync('bench/results')
    .sort()
    .map((file) => {
      const {
        asked,
        machine: { cpu, cores, node },
        date,
        rows,
      } = JSON.parse(readFileSync(join('bench/results', file), 'utf8'))
      const columns = [...new Set(rows.flatMap(Object.keys))]
      const line = (cells) => `| ${cells.join(' | ')} |`
      const body = rows.map((row) => line(columns.map((column) => row[column] ?? '')))
      return [
        `${asked}`,
        '',
        line(columns),
        line(columns.map(() => '---')),
        ...body,
        '',
        `${cpu}, ${cores} cores, Node ${node}, ${date}.`,
      ].join('\n')
    })
  const table = /(<!-- bench -->)[\s\S]*(<!-- \/bench -->)/
  if (existsSync('README.md')) writeFileSync('README.md', readme.replace(table, `$1\n\n${parts.join('\n\n')}\n\n$2`))
}
