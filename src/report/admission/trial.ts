/** `admission test`: what would be refused, each reason with its fix; or of many objects one line a cause. */
import { counted, someOf } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf } from "../page.ts";
import { type Cause, causesOf } from "./causes.ts";
import { alikeReasons, checksText, reasonLines, reasonText, short } from "./reasons.ts";
import { type Answer, placeText, type ReasonView, type RequestView, type TrialView } from "./trial-view.ts";

const UNREAD = 10;
/** Objects that one cause names. */
const NAMED = 3;

const MARKS: Readonly<Record<Answer, string>> = { refused: "✗", unknown: "?", warned: "!", admitted: "✓", exempt: "·" };

/** @param grouped - by cause, as of a cluster. Ends with a line break */
export function renderTrial(view: TrialView, options: RenderOptions, grouped: boolean): string {
  const page = pageOf(options);
  const { unread, notes } = view;
  const out = grouped && !options.all ? groupedLines(view, page) : objectLines(view, page);
  if (unread.length > 0) {
    out.push(page.colors.yellow(`? not read: ${counted(unread.length, "place")}`));
    for (const { place, reason, remedy } of unread.slice(0, options.all ? unread.length : UNREAD)) {
      out.push(...hanging(page, `${place}: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`, 4, "  "));
    }
    if (unread.length > UNREAD && !options.all) out.push(`    … ${unread.length - UNREAD} more (--all)`);
    out.push("");
  }
  for (const note of notes) out.push(...hanging(page, note, 0, "  "));
  return `${[...out, ...summaryLines(view, page)].join("\n")}\n`;
}

function objectLines({ requests }: TrialView, page: Page): string[] {
  const shown = requests.filter(({ answer }) => page.all || SHOWN.has(answer));
  return shown.flatMap((request) => [...requestLines(request, page), ""]);
}

const SHOWN: ReadonlySet<Answer> = new Set(["refused", "unknown", "warned"]);

const WORDS: Readonly<Record<Answer, string>> = {
  refused: "refused",
  unknown: "refused: not everything could be found out",
  warned: "admitted with warnings",
  admitted: "admitted",
  exempt: "not judged",
};

function requestLines(request: RequestView, page: Page): string[] {
  const { object, answer, place, environment, pinned, reasons, reason } = request;
  const told = answer === "exempt" ? `${WORDS.exempt}: ${reason}` : WORDS[answer];
  const where = environment === undefined ? "" : ` in ${environment}`;
  const at = place === undefined ? "" : ` · ${placeText(place)}`;
  const head = `${MARKS[answer]} ${object}${request.operation === "CREATE" ? "" : ` (${request.operation})`}: ${told}${where}${at}`;
  return [
    paintOf(page, answer)(printable(head)),
    ...alikeReasons(reasons.filter(({ action }) => page.all || action !== "audit")).flatMap((alike) =>
      reasonLines(alike, page, alike.reason.action === "deny" || answer === "warned"),
    ),
    ...pinned.flatMap(({ image }) => hanging(page, short(page, `pinned: ${image}`), 4, "  ")),
  ];
}

function groupedLines({ requests }: TrialView, page: Page): string[] {
  const out: string[] = [];
  for (const [action, title] of [
    ["deny", "WOULD BE REFUSED"],
    ["warn", "WOULD BE WARNED OF"],
  ] as const) {
    const causes = causesOf(requests).filter((cause) => cause.action === action);
    if (causes.length === 0) continue;
    out.push(page.colors.bold(title));
    for (const cause of causes) out.push(...causeLines(cause, page));
    out.push("");
  }
  return out;
}

function causeLines({ verdict, checks, policy, objects, reason, images }: Cause, page: Page): string[] {
  const isUnknown = verdict === "unknown";
  const paint = isUnknown ? page.colors.yellow : page.colors.red;
  const where = policy === undefined ? "" : ` (${policy})`;
  const of = images > 1 ? ` and ${counted(images, "image")}` : "";
  return [
    paint(
      printable(`  ${isUnknown ? "?" : "✗"} ${checksText(checks)}${where}: ${counted(objects.length, "object")}${of}`),
    ),
    ...hanging(page, `${isUnknown ? "" : "as "}${exampleText(reason)}`, 6, "  "),
    ...hanging(page, someOf(objects, NAMED), 6, "  "),
    ...(reason.fix === undefined ? [] : hanging(page, `fix: ${reason.fix}`, 6, "  ")),
  ];
}

function exampleText({ policy: _, ...reason }: ReasonView): string {
  return reasonText(reason);
}

function paintOf({ colors }: Page, answer: Answer): (text: string) => string {
  const { red, yellow, green, dim } = colors;
  return { refused: red, unknown: yellow, warned: yellow, admitted: green, exempt: dim }[answer];
}

function summaryLines({ requests, unread, subject, policy, exitCode }: TrialView, page: Page): string[] {
  const of = (answer: Answer) => requests.filter((one) => one.answer === answer).length;
  const judged = requests.length - of("exempt");
  const refused = of("refused") + of("unknown");
  const parts = [
    ...(refused === 0 ? [] : [`${refused} of ${counted(judged, "object")} refused`]),
    ...(of("unknown") === 0 ? [] : [`${of("unknown")} of them for what is unknown`]),
    ...(refused === 0 && judged > 0 ? [`${counted(judged, "object")} admitted`] : []),
    ...(of("warned") === 0 ? [] : [`${of("warned")} with warnings`]),
    ...(requests.length === 0 && unread.length === 0 ? ["no objects found"] : []),
    ...(of("exempt") === 0 ? [] : [`${of("exempt")} without pods`]),
    ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
  ];
  const { green, red, yellow } = page.colors;
  const [mark, paint] = ({ 0: ["✓", green], 1: ["✗", red], 3: ["?", yellow] } as const)[exitCode];
  const text = `${mark} ${subject}: ${parts.join(", ")} · policy: ${policy} · exit code ${exitCode}`;
  return hanging(page, text, 0, "  ").map(paint);
}

/** An object with every request; ends with a line break. */
export function renderTrialJson(view: TrialView): string {
  return `${JSON.stringify({ schema: "bulkhead-admission-test-v1", ...view }, null, 2)}\n`;
}
