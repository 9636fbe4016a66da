/** docs/reference/figures.md: what other pages say of the program in numbers, counted from its code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { CheckDescription } from "../../src/core/check.ts";
import { describedRules } from "../../src/engines/secrets/described-rules.ts";
import { controls } from "../../src/joins/baseline/controls.ts";
import { formats } from "../../src/report/formats.ts";
import { publishedManifest } from "../published-build.ts";
import { leaves } from "./commands.ts";
import { page, row, table } from "./markdown.ts";
import { runtimeRules } from "./runtime-rules.ts";

/** Rooms of readers that are of no language: of distributions, of programs, and of what is only named. */
const OF_NO_LANGUAGE = new Set(["alpm", "apk", "binary", "bitnami", "dpkg", "rpm", "unsupported"]);

/** @param project - the project's own folder @param checks - of which the checks are counted */
export function figuresPage(program: Command, project: string, checks: readonly CheckDescription[]): string {
  const figures = {
    controls: controls.length,
    checks: checks.length,
    "checks of GitLab's pipelines": checks.filter(({ subject }) => subject === "gitlab").length,
    "rules for secrets": describedRules().length,
    "runtime rules": runtimeRules(project).length,
    "ecosystems of languages": readdirSync(join(project, "src/engines/contents/packages"), {
      withFileTypes: true,
    }).filter((entry) => entry.isDirectory() && !OF_NO_LANGUAGE.has(entry.name)).length,
    commands: leaves(program).length,
    "report formats": formats.length,
    "dependencies of the npm package": Object.keys(publishedManifest(project, {}).dependencies ?? {}).length,
    "major version of Node.js": majorOfNode(project),
  };
  return page("The program in figures", [
    "Counted from the code. What was measured is in [the benchmarks](../benchmarks.md).",
    table(
      ["figure", "value"],
      Object.entries(figures).map(([name, value]) => row(name, String(value))),
    ),
  ]);
}

function majorOfNode(project: string): number {
  const { engines } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { engines: { node: string } };
  return Number(/\d+/.exec(engines.node)?.[0]);
}
