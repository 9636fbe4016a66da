/** `network diff`: what a change opens first, then what it closes, with what decided and decides. */
import { counted, someOf } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { code, plain, row } from "../markdown-text.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, pageOf } from "../page.ts";
import type { ChangeView, DiffView } from "./diff-view.ts";
import type { DecisionView } from "./explain-view.ts";
import { type Names, namesOf } from "./names.ts";

const SECTIONS = [
  ["opened", "OPENED", "denied before, allowed now", "opened"],
  ["nowAllowed", "ALLOWED NOW", "unknown before, allowed now", "now allowed"],
  ["mayBeOpened", "MAY BE OPENED", "denied before, unknown now", "may be opened"],
  ["closed", "CLOSED", "allowed before, denied now", "closed"],
  ["nowDenied", "DENIED NOW", "unknown before, denied now", "now denied"],
  ["mayBeClosed", "MAY BE CLOSED", "allowed before, unknown now", "may be closed"],
] as const;

/** Changes of one kind, and objects, that are written without --all. */
const MOST = 15;
const OBJECTS = 12;

/** Ends with a line break. */
export function renderDiff(view: DiffView, options: RenderOptions): string {
  const page = pageOf(options);
  const names = namesOfDiff(view);
  const { bold, red, green, yellow } = page.colors;
  const out = [bold(printable(`${view.before} → ${view.after}: ${headline(view)}`))];
  for (const [kind, title, meaning] of SECTIONS) {
    const changes = changesOf(view, kind);
    if (changes.length === 0) continue;
    const paint =
      kind === "opened" || kind === "nowAllowed" ? red : kind === "closed" || kind === "nowDenied" ? green : yellow;
    out.push("", `${bold(paint(title))} ${meaning}`);
    for (const change of page.all ? changes : changes.slice(0, MOST)) {
      const { from, to, ports, was, is } = change;
      out.push(...hanging(page, `${names.set(from)} → ${names.set(to)}  ${ports.text}`, 2, "  "));
      for (const decision of was) out.push(...hanging(page, `before: ${decisionText(decision)}`, 6, "  "));
      for (const decision of is) out.push(...hanging(page, `now: ${decisionText(decision)}`, 6, "  "));
    }
    if (!page.all && changes.length > MOST) out.push(`  … ${counted(changes.length - MOST, "more line")} (--all)`);
  }
  if (view.objects.length > 0) {
    out.push("", bold("WHAT DIFFERS"));
    for (const { what, name, place } of page.all ? view.objects : view.objects.slice(0, OBJECTS)) {
      out.push(...hanging(page, `${what} ${name}   ${place}`, 2, "  "));
    }
    if (!page.all && view.objects.length > OBJECTS) out.push(`  … ${view.objects.length - OBJECTS} more (--all)`);
  }
  if (view.notes.length > 0) out.push("");
  for (const note of notesOf(view)) out.push(...hanging(page, note, 0, "  "));
  return `${out.join("\n")}\n`;
}

/** A comment for a pull request, in GitHub's Markdown; every name in it is text. Ends with a line break. */
export function renderDiffMarkdown(view: DiffView): string {
  const names = namesOfDiff(view);
  const out = [`### Network: ${plain(headline(view))}`, ""];
  const rows = SECTIONS.flatMap(([kind, , , word]) => {
    const mark = kind === "opened" || kind === "nowAllowed" ? "✗ " : kind.startsWith("mayBe") ? "? " : "✓ ";
    return changesOf(view, kind).map((change) => {
      const why = [
        ...change.was.slice(0, 2).map((decision) => `before: ${decisionText(decision)}`),
        ...change.is.slice(0, 2).map((decision) => `now: ${decisionText(decision)}`),
      ];
      return row([
        `${mark}${kind === "opened" ? "**opened**" : word}`,
        code(names.set(change.from)),
        code(names.set(change.to)),
        plain(change.ports.text),
        why.map(plain).join("<br>"),
      ]);
    });
  });
  if (rows.length > 0) {
    const shown = rows.slice(0, 3 * MOST);
    out.push(row(["", "from", "to", "ports", "why"]), row(["-", "-", "-", "-", "-"]), ...shown);
    if (shown.length < rows.length) out.push("", `… ${rows.length - shown.length} more lines`);
    out.push("");
  }
  if (view.objects.length > 0) {
    const called = ({ what, name, place }: (typeof view.objects)[number]) => `${what} ${plain(name)} (${code(place)})`;
    out.push(`What differs: ${someOf(view.objects, OBJECTS, called)}`, "");
  }
  for (const note of notesOf(view)) out.push(plain(note), "");
  return `${out.join("\n").trimEnd()}\n`;
}

/** Ends with a line break. */
export function renderDiffJson({ endpoints, changes, ...view }: DiffView): string {
  const document = {
    schema: "bulkhead-network-diff-v1",
    ...view,
    endpoints,
    changes: changes.map(({ ports, ...change }) => ({ ...change, ports: ports.intervals })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Whether a node that nobody named reaches a pod depends on where the pod runs: people read it in JSON. */
function changesOf({ changes, endpoints }: DiffView, kind: ChangeView["kind"]): ChangeView[] {
  return changes
    .flatMap((change): ChangeView[] => {
      const from = change.from.filter((index) => endpoints[index]?.kind !== "node");
      return change.kind !== kind || from.length === 0
        ? []
        : [{ ...change, from, pairs: from.length * change.to.length }];
    })
    .sort((a, b) => b.pairs - a.pairs);
}

function headline(view: DiffView): string {
  const count = (...kinds: ChangeView["kind"][]) =>
    kinds.reduce((sum, kind) => sum + changesOf(view, kind).reduce((pairs, change) => pairs + change.pairs, 0), 0);
  const opened = count("opened", "nowAllowed");
  const may = count("mayBeOpened");
  const closed = count("closed", "nowDenied");
  const mayClose = count("mayBeClosed");
  const parts = [
    ...(opened > 0 ? [`opens ${counted(opened, "connection")}`] : []),
    ...(may > 0 ? [`may open ${may}`] : []),
    ...(closed > 0 ? [`closes ${closed}`] : []),
    ...(mayClose > 0 ? [`may close ${mayClose}`] : []),
  ];
  const { added, removed } = view;
  if (added.length > 0) parts.push(`${counted(added.length, "new workload")}`);
  if (removed.length > 0) parts.push(`${counted(removed.length, "workload")} removed`);
  return parts.length === 0 ? "opens and closes nothing" : parts.join(", ");
}

function notesOf({ notes, enforced, changes }: DiffView): string[] {
  const denied = changes.some(({ kind }) => kind === "closed" || kind === "nowDenied");
  const more =
    denied && enforced !== "yes"
      ? [
          enforced === "no"
            ? "the CNI enforces no policies: what is denied is open in truth"
            : "whether the cluster enforces policies is unknown: use --cni NAME, or --policy with cluster.cni",
        ]
      : [];
  return [...more, ...notes];
}

function decisionText({ text, place, ports }: DecisionView): string {
  return `${ports === undefined ? "" : `${ports}: `}${text}${place === undefined ? "" : ` (${place})`}`;
}

function namesOfDiff({ endpoints }: DiffView): Names {
  return namesOf({ endpoints, groups: endpoints.map((_, index) => [index]) });
}
