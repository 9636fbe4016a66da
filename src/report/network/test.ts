/** `network test`: what does not hold, and the rule that decides; what holds is counted. */
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { markupText } from "../markup.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf } from "../page.ts";
import { stageLines } from "./stage-lines.ts";
import type { CounterexampleView, ResultView, TestView } from "./test-view.ts";

const UNREAD = 5;

/** Ends with a line break. */
export function renderTest(view: TestView, options: RenderOptions): string {
  const page = pageOf(options);
  const { results, unread, file, subject, notes } = view;
  const count = (verdict: ResultView["verdict"]) => results.filter((one) => one.verdict === verdict).length;
  const [held, failed, unknown] = [count("pass"), count("fail"), count("unknown")];
  const out: string[] = [];
  for (const verdict of ["fail", "unknown"] as const) {
    const some = results.filter((one) => one.verdict === verdict);
    for (const result of some) if (result.because === undefined) out.push(...resultLines(result, page), "");
    // One cause is told once.
    const byCause = Map.groupBy(
      some.filter(({ because }) => because !== undefined),
      ({ because = "" }) => because,
    );
    for (const [because, alike] of byCause) out.push(...alikeLines(because, alike, page), "");
  }
  if (unread.length > 0) {
    out.push(`? not read: ${counted(unread.length, "gap")}, so that nothing holds for sure`);
    for (const { reason, remedy, place } of unread.slice(0, UNREAD)) {
      const text = `${place === undefined ? "" : `${place}: `}${reason}${remedy === undefined ? "" : ` (${remedy})`}`;
      out.push(...hanging(page, text, 2, "  "));
    }
    if (unread.length > UNREAD) out.push(`  … ${unread.length - UNREAD} more`);
    out.push("");
  }
  for (const note of notes) out.push(...hanging(page, note, 0, "  "));
  const parts = [
    ...(failed > 0 ? [`${failed} of ${counted(results.length, "assertion")} ${failed === 1 ? "fails" : "fail"}`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    failed + unknown === 0 ? `all ${counted(results.length, "assertion")} hold` : `${held} hold`,
  ];
  const { green, red, yellow } = page.colors;
  const [mark, paint] = { 0: ["✓", green], 1: ["✗", red], 3: ["?", yellow] }[view.exitCode] as [string, typeof red];
  const summary = printable(`${mark} ${file} · ${subject}: ${parts.join(", ")} · exit code ${view.exitCode}`);
  return `${[...out, paint(summary)].join("\n")}\n`;
}

function alikeLines(because: string, alike: readonly ResultView[], page: Page): string[] {
  const isFail = alike[0]?.verdict === "fail";
  const paint = isFail ? page.colors.red : page.colors.yellow;
  return [
    ...alike.map(({ line, text }) => paint(`${isFail ? "✗" : "?"} line ${line}: ${printable(text)}`)),
    ...hanging(page, because, 4, "  "),
  ];
}

function resultLines(result: ResultView, page: Page): string[] {
  const { line, text, verdict, counterexamples, pairs, failing, unknown } = result;
  const paint = verdict === "fail" ? page.colors.red : page.colors.yellow;
  const out = [paint(`${verdict === "fail" ? "✗" : "?"} line ${line}: ${printable(text)}`)];
  for (const example of counterexamples) out.push(...exampleLines(example, page));
  const left = failing + unknown - counterexamples.length;
  if (pairs > 1) {
    out.push(
      `    ${failing > 0 ? `${failing} of ${pairs} pairs` : `${unknown} of ${pairs} pairs unknown`}${left > 0 ? ", some of which are shown" : ""}`,
    );
  }
  return out;
}

function exampleLines({ from, to, ports, found, stages }: CounterexampleView, page: Page): string[] {
  return [
    ...hanging(page, `${from} → ${to}: ${ports} ${found === "unknown" ? "is unknown" : `is ${found}`}`, 4, "  "),
    ...stageLines(stages, page, 6),
  ];
}

/** An object with every result; ends with a line break. */
export function renderTestJson(view: TestView): string {
  return `${JSON.stringify({ schema: "bulkhead-network-test-v1", ...view }, null, 2)}\n`;
}

/** Each assertion is a case; what is unknown is an error, so that no reader takes it for passed. */
export function renderTestJunit({ results, file, subject, unread }: TestView): string {
  const count = (verdict: ResultView["verdict"]) => results.filter((one) => one.verdict === verdict).length;
  const errors = count("unknown") + (unread.length > 0 ? 1 : 0);
  const counts = `tests="${results.length + (unread.length > 0 ? 1 : 0)}" failures="${count("fail")}" errors="${errors}" skipped="0"`;
  const cases = results.map((result) => {
    const { text, line, verdict } = result;
    const open = `    <testcase name="${markupText(text)}" classname="${markupText(file)}" line="${line}"`;
    if (verdict === "pass") return `${open}/>`;
    const tag = verdict === "fail" ? "failure" : "error";
    const lines = plainLines(result);
    return `${open}>\n      <${tag} message="${markupText(lines[0] ?? verdict)}">${markupLines(lines)}</${tag}>\n    </testcase>`;
  });
  if (unread.length > 0) {
    const lines = unread.map(({ reason, place }) => `${place === undefined ? "" : `${place}: `}${reason}`);
    cases.push(
      `    <testcase name="everything was read" classname="${markupText(file)}">\n      <error message="${markupText(lines[0] ?? "")}">${markupLines(lines)}</error>\n    </testcase>`,
    );
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bulkhead network test" ${counts}>
  <testsuite name="${markupText(`${file} · ${subject}`)}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}

function markupLines(lines: readonly string[]): string {
  return lines.map(markupText).join("\n");
}

function plainLines({ because, counterexamples }: ResultView): string[] {
  return [
    ...(because === undefined ? [] : [because]),
    ...counterexamples.flatMap(({ from, to, ports, found, stages }) => [
      `${from} -> ${to}: ${ports} is ${found}`,
      ...stages.flatMap(({ title, decisions }) =>
        decisions.map(({ text, place }) => `  ${title}: ${text}${place === undefined ? "" : ` (${place})`}`),
      ),
    ]),
  ];
}
