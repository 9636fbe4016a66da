/** The page's style: light and dark by the reader's choice, narrow and wide, and on paper the groups in place of the rows. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1a1f26; --quiet: #56606c; --line: #d7dce2; --shade: #f4f6f8;
  --critical: #a4001d; --high: #b23a06; --medium: #855800; --low: #1d5fa8; --negligible: #56606c; --unknown: #7a3fa0;
  --pass: #18713b; --fail: #a4001d; --link: #1d5fa8; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e4e8ec; --quiet: #a3adb8; --line: #323a44;
  --shade: #1d232a; --critical: #ff8492; --high: #ff9d5c; --medium: #e6bf4f; --low: #7fb6f5; --negligible: #a3adb8;
  --unknown: #cd9af0; --pass: #63d18f; --fail: #ff8492; --link: #7fb6f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 0.95rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0.2rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; }
p { margin: 0.3rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--shade); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
.quiet { color: var(--quiet); font-size: 0.9em; font-weight: 400; }
.verdict, .severity { font-weight: 650; white-space: nowrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .negligible { color: var(--negligible); } .unknown { color: var(--unknown); }
.counts { display: flex; flex-wrap: wrap; gap: 0.4rem; list-style: none; margin: 0.6rem 0 0; padding: 0; }
.counts li { background: var(--shade); border: 1px solid var(--line); border-radius: 4px; padding: 0.1rem 0.55rem; }
.accepted td { color: var(--quiet); }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.5rem 0.8rem; align-items: end; }
@media (min-width: 60rem) { form label:first-child { grid-column: span 2; } }
label { display: block; font-size: 0.85rem; color: var(--quiet); }
label select, label input[type=search] { display: block; width: 100%; margin-top: 0.15rem; }
select, input[type=search], .pager button { font: inherit; font-size: 0.95rem; color: var(--ink); background: var(--shade);
  border: 1px solid var(--line); border-radius: 4px; padding: 0.3rem 0.5rem; min-width: 0; text-overflow: ellipsis; }
label.check { grid-column: 1 / -1; }
input::placeholder { color: var(--quiet); opacity: 1; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
output { display: block; margin: 0.7rem 0 0.4rem; color: var(--quiet); }
thead button, td > button { font: inherit; color: inherit; border: 0; background: none; padding: 0; font-weight: inherit;
  text-align: left; cursor: pointer; overflow-wrap: anywhere; }
td > button { font-weight: 550; }
thead button::after { content: " \\21c5"; color: var(--quiet); }
thead th[aria-sort=ascending] button::after { content: " \\25b4"; }
thead th[aria-sort=descending] button::after { content: " \\25be"; }
td > button::before { content: "\\25b8\\00a0"; color: var(--quiet); }
td > button[aria-expanded=true]::before { content: "\\25be\\00a0"; }
#findings { table-layout: fixed; }
#findings th:nth-child(1) { width: 7.5rem; } #findings th:nth-child(2) { width: 38%; }
#groups table { table-layout: fixed; } #groups th:nth-child(1) { width: 6.5rem; } #groups th:nth-child(2) { width: 42%; }
#groups th:nth-child(3) { width: 20%; }
.detail > td { background: var(--shade); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; }
a { color: var(--link); }
.pager { display: flex; gap: 0.6rem; margin: 0.8rem 0; } .pager button { cursor: pointer; }
.pager button:disabled { opacity: 0.45; cursor: default; } [hidden] { display: none !important; }
@media (min-width: 50rem) { .stack tbody th { width: 22%; } .stack td:last-child { width: 50%; } }
details { border-bottom: 1px solid var(--line); padding: 0.35rem 0; } summary { cursor: pointer; }
details table { margin: 0.4rem 0 0.6rem; }
@media screen { .scripted #groups, html:not(.scripted) #rows-section { display: none; } }
@media (max-width: 50rem) { body { padding: 0.9rem; }
  #findings, .stack, :is(#findings, .stack) :is(tbody, tr, td, th) { display: block; } :is(#findings, .stack) thead { display: none; }
  :is(#findings, .stack) tr { border-bottom: 1px solid var(--line); padding: 0.55rem 0; }
  :is(#findings, .stack) :is(td, th) { border: 0; padding: 0.1rem 0; } .stack td:empty { display: none; }
  #findings tr:not(.detail) td:nth-child(4)::before { content: "Fix: "; color: var(--quiet); }
  #findings tr.detail { padding: 0.4rem 0.6rem; background: var(--shade); } dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.35rem; } form { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  form label:first-child { grid-column: 1 / -1; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --quiet: #444; --line: #999; --shade: #fff; }
  @page { margin: 12mm; } body { max-width: none; padding: 0; font-size: 8.2pt; line-height: 1.25; }
  h1 { font-size: 15pt; } h2 { font-size: 11pt; margin: 1rem 0 0.3rem; break-after: avoid; } th, td { padding: 0.15rem 0.4rem; }
  #rows-section, details:nth-of-type(n+41) { display: none; } summary { list-style: none; }
  thead { display: table-header-group; } tr, details { break-inside: avoid; } }
`;
