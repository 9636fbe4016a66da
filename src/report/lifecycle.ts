/** The steps from a commit to a watched pod, in one row; with `--details` a line each. */
import { someOf } from "../core/counted.ts";
import type { LifecycleState, LifecycleStepName, LifecycleStepResult } from "../core/lifecycle.ts";
import { formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { code, plain, row } from "./markdown-text.ts";
import { type Page, rule } from "./page.ts";
import { clip, displayWidth, pad, wrap } from "./width.ts";

const names: Readonly<Record<LifecycleStepName, string>> = {
  review: "review",
  build: "build",
  scan: "scan",
  secrets: "secrets",
  sbom: "SBOM",
  sign: "sign",
  push: "push",
  admit: "admit",
  run: "run",
  detect: "detect",
  rebuild: "rebuild",
  updates: "updates",
};

const marks: Readonly<Record<LifecycleState, string>> = {
  blocks: "✓ blocks",
  exists: "✓",
  theatre: "✗ theatre",
  absent: "–",
  unknown: "?",
};

/** `sign ✗ theatre: never verified`. */
function shortText({ step, state, short }: LifecycleStepResult): string {
  return `${names[step]} ${marks[state]}${short === undefined ? "" : `: ${short}`}`;
}

/** `✓ blocks`, `✗ theatre`: never by color alone. */
export function stateText(state: LifecycleState): string {
  return state === "exists"
    ? "✓ exists"
    : state === "absent"
      ? "– absent"
      : state === "unknown"
        ? "? unknown"
        : marks[state];
}

function placesText({ places }: LifecycleStepResult, most: number): string {
  return someOf([...new Set(places.map((place) => formatLocation(place)))], most);
}

function legend(steps: readonly LifecycleStepResult[]): string {
  const states = new Set(steps.map(({ state }) => state));
  const count = (wanted: LifecycleState) => steps.filter(({ state }) => state === wanted).length;
  return (["blocks", "exists", "theatre", "absent", "unknown"] as const)
    .flatMap((state) => (states.has(state) ? [`${count(state)} ${state === "exists" ? "exist" : state}`] : []))
    .join(" · ");
}

/** Two or three lines: what wraps stands under the first step. */
export function lifecycleRow(page: Page, { lifecycle = [] }: Pick<Report, "lifecycle">): string[] {
  if (lifecycle.length === 0) return [];
  const { dim, red, yellow, green } = page.colors;
  const label = "lifecycle  ";
  const room = page.columns - label.length;
  const lines: string[] = [];
  let line = "";
  let width = 0;
  for (const [at, one] of lifecycle.entries()) {
    const text = clip(printable(shortText(one)), room - 2);
    const paint = { blocks: green, exists: green, theatre: red, absent: dim, unknown: yellow }[one.state];
    const joint = at === lifecycle.length - 1 ? "" : " ·";
    const needed = displayWidth(text) + joint.length;
    if (width > 0 && width + 1 + needed > room) {
      lines.push(line);
      [line, width] = ["", 0];
    }
    line += `${width > 0 ? " " : ""}${paint(text)}${dim(joint)}`;
    width += (width > 0 ? 1 : 0) + needed;
  }
  if (line !== "") lines.push(line);
  return lines.map((each, at) => dim(at === 0 ? label : " ".repeat(label.length)) + each);
}

/** One step a line, with why and where. */
export function lifecycleDetailLines(page: Page, { lifecycle = [] }: Pick<Report, "lifecycle">): string[] {
  if (lifecycle.length === 0) return [];
  const { dim } = page.colors;
  const before = 4 + 9 + 11;
  return [
    rule(page, "LIFECYCLE", legend(lifecycle)),
    ...toldOnce(lifecycle, (step) => names[step]).flatMap((one) => {
      const places = placesText(one, 3);
      const [first = "", ...more] = wrap(printable(one.reason), Math.max(page.columns - before, 20));
      return [
        `    ${pad(names[one.step], 9)}${pad(stateText(one.state), 11)}${first}`,
        ...more.map((line) => " ".repeat(before) + line),
        ...(places === "" ? [] : [dim(" ".repeat(before) + clip(printable(places), page.columns - before))]),
      ];
    }),
  ];
}

export function* lifecyclePlain({ lifecycle = [] }: Pick<Report, "lifecycle">): Generator<string> {
  for (const one of toldOnce(lifecycle)) {
    const places = placesText(one, 3);
    yield `lifecycle: ${one.step} ${one.state}: ${one.reason}${places === "" ? "" : ` (${places})`}`;
  }
}

/** One cause, which often leaves many steps unknown, is told with the first of them; the others refer to it. */
function toldOnce(
  lifecycle: readonly LifecycleStepResult[],
  nameOf: (step: LifecycleStepResult["step"]) => string = (step) => step,
): LifecycleStepResult[] {
  const first = new Map<string, LifecycleStepResult["step"]>();
  return lifecycle.map((one) => {
    const cause = JSON.stringify([one.state, one.reason, one.places]);
    const told = first.get(cause);
    if (told !== undefined) return { ...one, reason: `as ${nameOf(told)}`, places: [] };
    first.set(cause, one.step);
    return one;
  });
}

/** Folded, as the controls are. */
export function lifecycleMarkdown({ lifecycle = [] }: Pick<Report, "lifecycle">): string {
  if (lifecycle.length === 0) return "";
  const rows = toldOnce(lifecycle, (step) => names[step]).map((one) => {
    const places = placesText(one, 2);
    return row([names[one.step], stateText(one.state), plain(one.reason), places === "" ? "" : code(places)]);
  });
  const theatre = lifecycle.filter(({ state }) => state === "theatre");
  const told = theatre.length === 0 ? "" : `${plain(theatre.map(shortText).join(" · "))}\n\n`;
  const table = ["| Step | State | Why | Where |", "| --- | --- | --- | --- |", ...rows].join("\n");
  return `${told}<details><summary>Lifecycle: ${legend(lifecycle)}</summary>\n\n${table}\n\n</details>\n\n`;
}

/** What a table of a page shows of each: the step, its state, why, and where. */
export function lifecycleCells({ lifecycle = [] }: Pick<Report, "lifecycle">): readonly (readonly string[])[] {
  return lifecycle.map((one) => [names[one.step], stateText(one.state), one.reason, placesText(one, 5)]);
}
