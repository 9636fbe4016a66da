/** The page's style: light and dark by the reader's choice, and on paper without what one clicks. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1a1f26; --quiet: #5b6572; --line: #d7dce2; --shade: #f4f6f8;
  --critical: #a4001d; --high: #c2410c; --medium: #946200; --low: #1d5fa8; --negligible: #5b6572; --unknown: #7a3fa0;
  --pass: #18713b; --fail: #a4001d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e4e8ec; --quiet: #98a3af; --line: #323a44;
  --shade: #1d232a; --critical: #ff7b8a; --high: #ff9d5c; --medium: #e6bf4f; --low: #7fb6f5; --negligible: #98a3af;
  --unknown: #cd9af0; --pass: #63d18f; --fail: #ff7b8a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 0.95rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0.2rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
p { margin: 0.3rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { background: var(--shade); font-weight: 600; position: sticky; top: 0; white-space: nowrap; }
tbody th { font-weight: 500; }
.quiet { color: var(--quiet); font-size: 0.9em; font-weight: 400; }
.fix { color: var(--low); }
.verdict, .severity { font-weight: 650; white-space: nowrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .negligible { color: var(--negligible); } .unknown { color: var(--unknown); }
.accepted td { color: var(--quiet); }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1.2rem; align-items: center; margin: 0.5rem 0; }
select, input[type=search], button { font: inherit; color: inherit; background: var(--shade);
  border: 1px solid var(--line); border-radius: 4px; padding: 0.2rem 0.45rem; max-width: 24rem; }
thead button, td > button { border: 0; background: none; padding: 0; font-weight: inherit; text-align: left;
  cursor: pointer; max-width: none; }
thead th[aria-sort=ascending] button::after { content: " \\25b4"; }
thead th[aria-sort=descending] button::after { content: " \\25be"; }
td > button::before { content: "\\25b8\\00a0"; color: var(--quiet); }
td > button[aria-expanded=true]::before { content: "\\25be\\00a0"; }
#findings { table-layout: fixed; }
#findings th:nth-child(1) { width: 8rem; } #findings th:nth-child(2) { width: 13rem; }
#findings th:nth-child(4) { width: 9rem; }
.detail td { background: var(--shade); padding: 0.6rem 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--low); }
#more { margin: 0.8rem 0; }
@media (max-width: 50rem) { #findings th:nth-child(5), #findings td:nth-child(5), #findings th:nth-child(6),
  #findings tr:not(.detail) td:nth-child(6) { display: none; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --quiet: #444; --line: #999; --shade: #fff; }
  body { max-width: none; padding: 0; font-size: 9pt; } form, #more { display: none; }
  thead { display: table-header-group; } thead th { position: static; } tr { break-inside: avoid; } }
`;
