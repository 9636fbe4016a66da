/** docs/reference/formats.md. */
import type { Command } from "commander";
import { formats } from "../../src/report/formats.ts";
import { anchorOf, leaves, pathOf } from "./commands.ts";
import { code, page, row, table } from "./markdown.ts";

export function formatsPage(program: Command): string {
  const taking = leaves(program).filter((command) => command.options.some(({ flags }) => flags.includes("<format")));
  const ofReports = taking.filter((command) => command.options.some(({ long }) => long === "--fail-on"));
  const link = (command: Command): string => `[${code(pathOf(command))}](commands.md#${anchorOf(command)})`;
  return page("Report formats", [
    "`--format FORMAT`, or `--format FORMAT=FILE` to write a file; repeatable. [Reports](../formats.md) describes each.",
    table(
      ["format", "described in"],
      formats.map((format) => row(code(format), `[Reports: ${format}](../formats.md#${format})`)),
    ),
    `Taken by ${ofReports.map(link).join(", ")}.`,
    table(
      ["command", "its own formats"],
      taking
        .filter((command) => !ofReports.includes(command))
        .map((command) =>
          row(link(command), command.options.find(({ long }) => long === "--format")?.description ?? ""),
        ),
    ),
    "`bulkhead workload fix` also takes `patch` and `kustomize`, which print the changes: [workload fix](../workload-fix.md).",
  ]);
}
