// Loaded before the command line: it believes to write to a terminal of COLUMNS columns, and what it writes to either
// stream comes out of stdout, in the order in which a terminal would get it.
for (const stream of [process.stdout, process.stderr]) {
  Object.defineProperties(stream, { isTTY: { value: true }, columns: { value: Number(process.env.COLUMNS) } })
}
process.stderr.write = process.stdout.write.bind(process.stdout)
