/** docs/reference/exit-codes.md. */
import type { Command } from "commander";
import type { ExitCode } from "../../src/core/report.ts";
import { anchorOf, leaves, pathOf } from "./commands.ts";
import { code, page, row, table } from "./markdown.ts";

/** Of every command. */
const MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: "Clean: no findings at or above the threshold, and nothing unknown but what was accepted.",
  1: "Findings at or above the threshold. 1 counts before 3.",
  2: "Usage or input error: a wrong option, an invalid policy, a report that cannot be written. Nothing was concluded.",
  3: "Incomplete: something could not be assessed, or there was nothing to assess.",
};

/** Of commands that do not evaluate, the codes other than 0 and 2. */
const OTHERS: Readonly<Record<string, string>> = {
  "image sbom": "3: parts of the image could not be read; the SBOM lists the gaps",
  "image base": "3: the base is not known, or not completely",
  "db update": "3: an ecosystem could not be downloaded; the database keeps what it had of it",
  vex: "3: parts of an image could not be read",
  "policy validate": "1: a file tries to loosen what another has locked",
  "import-ignores": "3: entries that no exception can express",
};

export function exitCodesPage(program: Command): string {
  const commands = leaves(program);
  const link = (command: Command): string => `[${code(pathOf(command))}](commands.md#${anchorOf(command)})`;
  const evaluating = commands.filter((command) => command.options.some(({ long }) => long === "--fail-on"));
  const others = Object.entries(OTHERS).map(([path, text]) => {
    const command = commands.find((each) => pathOf(each) === `bulkhead ${path}`);
    if (command === undefined) throw new Error(`scripts/reference/exit-codes.ts: there is no command ${path}`);
    return row(link(command), text);
  });
  return page("Exit codes", [
    table(
      ["code", "meaning"],
      Object.entries(MEANINGS).map(([number, text]) => row(code(number), text)),
    ),
    "Exit codes depend on the arguments, the policy and the evidence, and on no [environment variable](../environment.md).",
    "## Commands that evaluate",
    evaluating.map((command) => `- ${link(command)}`),
    [
      "What changes their exit code, and no verdict:",
      "",
      ...table(
        ["", "effect"],
        [
          row("`thresholds` in [the policy](policy.md#settings)", "from which severity on findings count"),
          row("`--fail-on SEVERITY`", "the same for one run; `never` ends with 0 but for usage and input errors"),
          row("`enforcement.ci`", "checks that only warn or are only recorded do not count"),
          row("`--baseline`", "findings and unknowns in it do not count: [baseline](../known-findings.md)"),
          row("`exceptions`, `--vex`", "findings that they accept do not count"),
          row("`unknown`, `--accept-unknown CODE`", "unknowns with [that code](gap-codes.md) do not count"),
        ],
      ),
    ],
    "Options of what is shown (`--severity`, `--layer`, `--check`, `--fixable`, `--only-new`) change no exit code.",
    "## Other commands",
    "0 or 2, and:",
    table(["command", "code"], others),
    "Several images in one `bulkhead image scan` end with the worst code of one report. As the first process of a container the program ends with 130 on SIGINT and 143 on SIGTERM.",
  ]);
}
