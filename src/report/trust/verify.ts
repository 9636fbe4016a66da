/** `bulkhead verify`: the answer, what is asked for, each signature with what was tried, and what is covered. */
import { greatest } from "../../core/extremes.ts";
import { withoutLogCommands } from "../../core/log-commands.ts";
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { type Page, pageOf } from "../page.ts";
import { clip, displayWidth } from "../width.ts";
import { fittedLines, LONGEST } from "./lines.ts";
import type { AttemptView, CoverView, NeedView, SignerView, StepView, VerifyView } from "./verify-view.ts";

const SCHEMA = "bulkhead-verify-v1";

/** Signatures, and images of an index, that are told unless all are asked for. */
const ATTEMPTS = 10;
const COVERS = 10;

/** Before what stands beside a title of this page. */
const INDENT = 11;

/** Ends with a line break. */
export function renderVerify(view: VerifyView, options: RenderOptions): string {
  const page = pageOf(options);
  const { bold, green, red, yellow } = page.colors;
  const head = {
    trusted: (text: string) => bold(green(`✓ trusted: ${text}`)),
    "not trusted": (text: string) => bold(red(`✗ not trusted: ${text}`)),
    unknown: (text: string) => bold(yellow(`? unknown: ${text}`)),
  }[view.verdict];
  const [first = "", ...rest] = fittedLines(page, view.reference, 0, "  ");
  const out = [head(first), ...rest, ...fittedLines(page, view.reason, 2, "  "), ""];
  section(out, page, "image", [
    // To be copied: it is not broken.
    ...(view.resolved === undefined ? [] : [`${blanks(INDENT)}${clip(printable(view.resolved), LONGEST)}`]),
    ...(view.images === undefined
      ? []
      : [`${blanks(INDENT)}index of ${view.images} image${view.images === 1 ? "" : "s"}`]),
  ]);
  section(out, page, "rules", fittedLines(page, view.rules, INDENT, "  "));
  section(
    out,
    page,
    "needs",
    view.needs.flatMap((need) => needLines(need, page)),
  );
  if (view.resolved !== undefined) section(out, page, "tried", triedLines(view.tried, page));
  section(out, page, "covers", coverLines(view.covers, page));
  section(
    out,
    page,
    "age",
    view.ages.flatMap((text) => fittedLines(page, text, INDENT, "  ")),
  );
  section(
    out,
    page,
    "not read",
    view.gaps.flatMap(({ reason, remedy }) =>
      fittedLines(page, `? ${reason}${remedy === undefined ? "" : ` (${remedy})`}`, INDENT, "  "),
    ),
  );
  if (view.notes.length > 0) out.push("");
  for (const note of view.notes) out.push(...fittedLines(page, `note: ${note}`, 0, "  "));
  if (view.next.length > 0) out.push("");
  for (const command of view.next) out.push(...fittedLines(page, command, 2, "  "));
  return `${out.join("\n")}\n`;
}

/** One object with all of it, every step of every signature among it; ends with a line break. */
export function renderVerifyJson(view: VerifyView): string {
  return withoutLogCommands(`${JSON.stringify({ schema: SCHEMA, ...view }, null, 2)}\n`);
}

/** A title beside the first of its lines; nothing where there are none. */
function section(out: string[], { colors }: Page, title: string, lines: readonly string[]): void {
  const [first, ...rest] = lines;
  if (first === undefined) return;
  out.push(`  ${colors.dim(title.padEnd(INDENT - 2))}${first.slice(INDENT)}`, ...rest);
}

function needLines({ text, details, place, outcome, reasons }: NeedView, page: Page): string[] {
  const { green, red, yellow } = page.colors;
  const [mark, paint] = { met: ["✓", green], unmet: ["✗", red], unknown: ["?", yellow] }[outcome] as [
    string,
    (text: string) => string,
  ];
  return [
    ...painted(beside(page, `${mark} ${text}`, place), paint),
    ...details.flatMap((detail) => fittedLines(page, detail, INDENT + 2, "  ")),
    ...reasons.flatMap((reason) => painted(fittedLines(page, reason, INDENT + 2, "  "), paint)),
  ];
}

/** The place at the right end, where both fit on one line. */
function beside(page: Page, text: string, place: string | undefined): string[] {
  const out = fittedLines(page, text, INDENT, "  ");
  if (place === undefined) return out;
  const shown = printable(clip(place, LONGEST));
  const last = out.at(-1) ?? "";
  const room = page.columns - displayWidth(last) - displayWidth(shown);
  if (room < 2) return [...out, ...fittedLines(page, shown, INDENT + 2, "  ")];
  return [...out.slice(0, -1), `${last}${blanks(room)}${shown}`];
}

function triedLines(tried: readonly AttemptView[], page: Page): string[] {
  if (tried.length === 0) return [`${blanks(INDENT)}no signature was found`];
  const shown = page.all ? tried.map((_, index) => index) : told(tried);
  const width = String(tried.length).length;
  const out: string[] = [];
  let before = -1;
  for (const index of shown) {
    out.push(...leftOut(index - before - 1), ...attemptLines(tried[index] as AttemptView, index + 1, width, page));
    before = index;
  }
  return [...out, ...leftOut(tried.length - before - 1)];
}

function leftOut(count: number): string[] {
  return count === 0 ? [] : [`${blanks(INDENT)}… ${count} more (--all)`];
}

/** What counts, then what holds, then what is refused; in the order in which they were tried. */
function told(tried: readonly AttemptView[]): number[] {
  const ranks = { accepted: 0, "not accepted": 1, refused: 2 };
  return tried
    .map(({ outcome }, index) => ({ rank: ranks[outcome], index }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, ATTEMPTS)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

function attemptLines(attempt: AttemptView, number: number, width: number, page: Page): string[] {
  const { green, red, yellow } = page.colors;
  const inner = INDENT + width + 2;
  const [mark, paint] = { accepted: ["✓", green], "not accepted": ["·", yellow], refused: ["✗", red] }[
    attempt.outcome
  ] as [string, (text: string) => string];
  const about = attempt.predicateType === undefined ? "" : `, ${attempt.predicateType}`;
  const where = attempt.beside === undefined ? "" : ` of ${attempt.beside}`;
  const [title = "", ...more] = fittedLines(page, `${attempt.form}${where}${about}`, inner, "  ");
  return [
    `${blanks(INDENT)}${String(number).padStart(width)}  ${title.slice(inner)}`,
    ...more,
    ...(page.all ? fittedLines(page, attempt.place, inner + 2, "  ") : []),
    ...attempt.signers.flatMap((signer) =>
      signerTexts(signer).flatMap((text) => fittedLines(page, text, inner + 2, "  ")),
    ),
    ...attempt.reasons.flatMap((reason) => painted(fittedLines(page, `${mark} ${reason}`, inner + 2, "  "), paint)),
    ...(page.all ? stepLines(attempt.steps, page, inner + 4) : stepSummary(attempt.steps, page, inner + 4)),
  ];
}

/** Who signed, as lines. */
export function signerTexts(signer: SignerView): string[] {
  switch (signer.kind) {
    case "identity":
      return [`identity ${signer.identity}`, `issuer   ${signer.issuer} (root ${signer.root})`];
    case "key":
      return [`key ${signer.name} (${signer.fingerprint})`];
    case "certificate":
      return [`certificate ${signer.subject} (authority ${signer.authority})`];
  }
}

/** Which steps hold, which does not and which nobody asked for, on a line or two. */
function stepSummary(steps: readonly StepView[], page: Page, indent: number): string[] {
  const named = (wanted: StepView["outcome"]) =>
    steps.flatMap(({ step, outcome }) => (outcome === wanted ? [step] : [])).join(", ");
  const parts = [
    ["✓", named("holds")],
    ["✗", named("fails")],
    ["- not asked for:", named("not-asked")],
  ].flatMap(([mark, names]) => (names === "" ? [] : [`${mark} ${names}`]));
  return parts.length === 0 ? [] : fittedLines(page, parts.join("  "), indent, "  ").map(page.colors.dim);
}

function stepLines(steps: readonly StepView[], page: Page, indent: number): string[] {
  const width = greatest(
    steps.map(({ step }) => step.length),
    0,
  );
  return steps.flatMap(({ step, outcome, detail }) => {
    const mark = { holds: "✓", fails: "✗", "not-asked": "-" }[outcome];
    const [first = "", ...rest] = fittedLines(page, detail, indent + width + 3);
    return [`${blanks(indent)}${mark} ${step.padEnd(width)} ${first.slice(indent + width + 3)}`, ...rest].map((line) =>
      page.colors.dim(line),
    );
  });
}

function coverLines(covers: readonly CoverView[], page: Page): string[] {
  const { green, red, yellow } = page.colors;
  const paints = { yes: green, no: red, unknown: yellow };
  const marks = { yes: "✓", no: "✗", unknown: "?" };
  // What is not signed is told first, where not all is.
  const ranks = { no: 0, unknown: 1, yes: 2 };
  const shown = page.all ? covers : [...covers].sort((a, b) => ranks[a.signed] - ranks[b.signed]).slice(0, COVERS);
  const kept = new Set(shown);
  const out = covers
    .filter((cover) => kept.has(cover))
    .flatMap(({ name, digest, signed, reason }) => {
      const why = reason === undefined ? "" : `: ${reason}`;
      return painted(fittedLines(page, `${marks[signed]} ${name} ${digest}${why}`, INDENT, "  "), paints[signed]);
    });
  return [...out, ...leftOut(covers.length - shown.length)];
}

function painted(lines: readonly string[], paint: (text: string) => string): string[] {
  return lines.map((line) => {
    const text = line.trimStart();
    return line.slice(0, line.length - text.length) + paint(text);
  });
}

function blanks(count: number): string {
  return " ".repeat(count);
}
