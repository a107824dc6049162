/** The looks of a page, light and dark, down to the width of a telephone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --text: #1c2330; --faint: #5b6472; --line: #e6e9ee;
  --up: #0a7c66; --down: #c62f2b; --link: #1f5fbf }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1319; --card: #171c24; --text: #e4e8ee; --faint: #9aa4b2; --line: #262d38; --up: #35c0a6;
    --down: #f2736f; --link: #7fb2ff }
}
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem clamp(.75rem, 3vw, 2rem); background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; max-width: 1500px; margin-inline: auto }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem }
a { color: var(--link); text-decoration: none }
a:hover { text-decoration: underline }
pre { margin: 0; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; font: 13px/1.5 ui-monospace, monospace }
.faint { color: var(--faint); font-size: .85rem; margin: .5rem 0 }
.notes { padding-left: 1.2rem }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: .75rem }
figure { margin: 0; padding: .5rem .5rem .25rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  min-width: 0 }
figcaption { display: flex; justify-content: space-between; gap: .75rem; padding: 0 .25rem .25rem }
figcaption b { overflow-wrap: anywhere }
figcaption span { color: var(--faint); font-size: .85rem; white-space: nowrap }
.chart { height: 220px }
#breadth { height: 160px }
.table { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .875rem }
th, td { padding: .35rem .75rem; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line) }
tbody tr:last-child td { border-bottom: 0 }
th { color: var(--faint); font-weight: 600; max-width: 16rem; overflow: hidden; text-overflow: ellipsis }
.right { text-align: right }
.up { color: var(--up) }
.down { color: var(--down) }
footer { margin-top: 2rem; color: var(--faint); font-size: .8rem }
`
