/** `admission test` as JUnit: each object is a case; what is unknown is an error, so that no reader takes it for passed. */
import { markupText } from "../markup.ts";
import { reasonText } from "./reasons.ts";
import { placeText, type RequestView, type TrialView } from "./trial-view.ts";

export function renderTrialJunit({ requests, unread, subject }: TrialView): string {
  const judged = requests.filter(({ answer }) => answer !== "exempt");
  const count = (answer: RequestView["answer"]) => judged.filter((one) => one.answer === answer).length;
  const tests = judged.length + unread.length;
  const counts = `tests="${tests}" failures="${count("refused")}" errors="${count("unknown") + unread.length}" skipped="0"`;
  const cases = [
    ...judged.map(caseOf),
    ...unread.map(
      ({ place, reason }) =>
        `    <testcase name="${markupText(place)}" classname="not read">\n      <error message="${markupText(reason)}"/>\n    </testcase>`,
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bulkhead admission test" ${counts}>
  <testsuite name="${markupText(subject)}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}

function caseOf({ object, answer, place, reasons }: RequestView): string {
  const file = place === undefined ? "" : ` file="${markupText(place.path)}" line="${place.line ?? 1}"`;
  const open = `    <testcase name="${markupText(object)}" classname="${markupText(place?.path ?? "cluster")}"${file}`;
  const told = reasons.filter(({ action }) => action !== "audit");
  const lines = told.map((reason) =>
    [
      reasonText(reason),
      ...(reason.place === undefined ? [] : [`at ${placeText(reason.place)}`]),
      ...(reason.fix === undefined ? [] : [`fix: ${reason.fix}`]),
    ].join("; "),
  );
  const text = lines.map(markupText).join("\n");
  if (answer === "admitted" || answer === "exempt") return `${open}/>`;
  if (answer === "warned") return `${open}>\n      <system-out>${text}</system-out>\n    </testcase>`;
  const tag = answer === "refused" ? "failure" : "error";
  return `${open}>\n      <${tag} message="${markupText(lines[0] ?? "refused")}">${text}</${tag}>\n    </testcase>`;
}
