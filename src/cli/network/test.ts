import { readNamedText } from "../../collect/named/named-text.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { writeWhole } from "../../engines/files/write.ts";
import type { Network } from "../../engines/reachability/model.ts";
import { type AssertionResult, assertNetwork, type Counterexample } from "../../engines/reachability/queries/assert.ts";
import { parseAssertions } from "../../engines/reachability/queries/assertion-syntax.ts";
import { bounds } from "../../engines/reachability/queries/bounds.ts";
import { decisive, reasonsOf } from "../../engines/reachability/queries/reasons.ts";
import { renderTest, renderTestJson, renderTestJunit } from "../../report/network/test.ts";
import type { CounterexampleView, ResultView, TestView } from "../../report/network/test-view.ts";
import { outputDefaults } from "../../report/options.ts";
import { parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";
import { openNetwork, type PlacedOptions } from "./open.ts";
import { stageViews } from "./reason-view.ts";
import { shortNameOf } from "./short-name.ts";
import { gapViews, portsText } from "./view.ts";

export interface TestOptions extends PlacedOptions {
  readonly format: readonly string[];
}

const formats = ["text", "json", "junit"] as const;

/**
 * `bulkhead network test FILE [DIR | --cluster]`: 0 where all hold, 1 where one does not, 3 where one is unknown or
 * something was not read; 2 for a line that cannot be understood or names what is not there.
 */
export async function networkTest(file: string, place: string, options: TestOptions): Promise<number> {
  const outputs = parseFormatsOf(formats, options.format, process.stdout);
  const kind = {
    code: "network",
    option: "the file of assertions",
    example: "network.txt",
    bytes: bounds.assertionBytes,
  } as const;
  const { assertions, mistakes } = parseAssertions(await readNamedText(file, process.cwd(), kind));
  if (mistakes.length > 0) return told(file, mistakes);
  if (assertions.length === 0) {
    const remedy = "write one a line: deny * -> metadata";
    throw new Problem({ kind: "usage", code: "network.assertion", place: file, cause: "no assertions", remedy });
  }
  const opened = await openNetwork(place, options, { verdict: true });
  const { network } = opened;
  const asserted = assertNetwork(network, assertions, opened.enforced);
  if (asserted.mistakes.length > 0) {
    return told(
      file,
      asserted.mistakes.map(({ assertion, ...mistake }) => ({ ...assertion, ...mistake })),
    );
  }
  const { results } = asserted;
  const unread = gapViews({ gaps: [] }, opened.unread);
  const exitCode = results.some(({ verdict }) => verdict === "fail")
    ? 1
    : unread.length > 0 || results.some(({ verdict }) => verdict === "unknown")
      ? 3
      : 0;
  const view: TestView = {
    file,
    subject: opened.subject,
    results: results.map((result) => resultView(network, result)),
    unread,
    notes: opened.notes,
    exitCode,
  };
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file: output } of outputs) {
    const shown = { columns: output === undefined ? columns : 100, color: color && output === undefined, all: true };
    const text = {
      text: () => renderTest(view, shown),
      json: () => renderTestJson(view),
      junit: () => renderTestJunit(view),
    }[format]();
    if (output === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(output, text, { within: [opened.root] });
  }
  return exitCode;
}

/** Each with its line, as compilers do. */
function told(
  file: string,
  mistakes: readonly {
    readonly line: number;
    readonly text: string;
    readonly cause: string;
    readonly remedy?: string;
  }[],
): number {
  for (const { line, text, cause, remedy } of mistakes) {
    const more = remedy === undefined ? "" : ` (${remedy})`;
    process.stderr.write(`bulkhead: ${printable(`network.assertion: ${file}:${line}: ${text}: ${cause}${more}`)}\n`);
  }
  return 2;
}

const BECAUSE = {
  "enforcement-unknown":
    "denied by policies, and whether the cluster enforces them is unknown (use --cni NAME, or --policy with cluster.cni)",
  "not-enforced": "denied by policies that the CNI does not enforce",
  "over-bound": "too many pairs of workloads (assert fewer at once)",
} as const;

function resultView(network: Network, result: AssertionResult): ResultView {
  const { assertion, verdict, pairs, failing, unknown, because, counterexamples } = result;
  return {
    line: assertion.line,
    text: assertion.text,
    verdict,
    pairs,
    failing,
    unknown,
    ...(because === undefined ? {} : { because: BECAUSE[because] }),
    counterexamples: counterexamples.map((example) => exampleView(network, example)),
  };
}

function exampleView(network: Network, { from, to, ports, found }: Counterexample): CounterexampleView {
  const reasons = reasonsOf(network, from, to, ports);
  const names = { from: shortNameOf(network, from), to: shortNameOf(network, to) };
  return {
    ...names,
    found,
    ports: portsText(ports, network.portSets),
    stages: stageViews(network, { ...reasons, stages: decisive(reasons, found) }, ports, names),
  };
}
