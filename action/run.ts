/**
 * The GitHub Action: runs the program on the checked-out repository, tells the runner what came of it, and ends with the
 * program's exit code. The log gets annotations, the summary and the comment the Markdown report.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "../src/core/problem.ts";
import { writeComment } from "./comment.ts";
import { type DatabaseInputs, type Environment, type Inputs, readInputs } from "./inputs.ts";
import { annotate, writeOutputs, writeSummary } from "./runner-files.ts";

const RESULTS: Readonly<Record<number, string>> = { 0: "clean", 1: "findings", 2: "error", 3: "incomplete" };

/** @param program - bin/bulkhead.js @returns the exit code */
export async function runAction(environment: Environment, program: URL): Promise<number> {
  let inputs: Inputs;
  try {
    inputs = readInputs(environment);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    annotate("error", error.line());
    writeOutputs(environment, { "exit-code": "2", result: "error" });
    return 2;
  }
  // Not in the repository: what is there may be a link to anywhere, and would be scanned by the next run.
  const reports = mkdtempSync(join(environment.RUNNER_TEMP || tmpdir(), "bulkhead-"));
  const run = (words: readonly string[]) => runProgram(program, words, inputs.workingDirectory, environment);
  const database = join(reports, "advisories.db");
  if (inputs.database !== undefined) {
    const code = await run(pullWords(inputs.database, database));
    if (code !== 0) {
      annotate("error", "the advisory database was not fetched or is not trusted: nothing was scanned");
      writeOutputs(environment, { "exit-code": "2", result: "error" });
      return 2;
    }
  }
  const file = (name: string) => join(reports, name);
  const code = await run([
    ...commandWords(inputs),
    "--quiet",
    ...inputs.options,
    ...(inputs.database === undefined ? [] : [`--db=${database}`]),
    ...formatsOf(inputs).map((format) => `--format=${format}`),
    `--format=sarif=${file("bulkhead.sarif")}`,
    `--format=json=${file("bulkhead.json")}`,
    `--format=markdown=${file("bulkhead.md")}`,
    ...inputs.args,
  ]);
  const written = (name: string) => (existsSync(file(name)) ? file(name) : "");
  writeOutputs(environment, {
    "exit-code": String(code),
    result: RESULTS[code] ?? "error",
    "sarif-file": written("bulkhead.sarif"),
    "json-file": written("bulkhead.json"),
  });
  if (written("bulkhead.md") === "") {
    annotate("error", `no report was written (exit code ${code}): see the log of this step`);
    return code === 0 ? 2 : code;
  }
  const markdown = readFileSync(file("bulkhead.md"), "utf8");
  writeSummary(environment, markdown);
  await comment(environment, inputs, markdown, code);
  return code;
}

function commandWords({ image, path, diff }: Inputs): string[] {
  if (image !== undefined) return ["image", "scan", image];
  return diff === undefined ? ["check", path] : ["build", "deps", path, `--diff=${diff}`];
}

function pullWords({ source, publicKey, maxAge, bundle }: DatabaseInputs, database: string): string[] {
  return [
    ...["db", "pull", source, `--db=${database}`, `--public-key=${publicKey}`, `--max-age=${maxAge}`],
    ...(bundle === undefined ? [] : [`--bundle=${bundle}`]),
  ];
}

/** Annotations go to the log, unless another format shall. */
function formatsOf({ formats }: Inputs): readonly string[] {
  return formats.some((format) => !format.includes("=")) ? formats : ["github", ...formats];
}

/** A comment that fails changes no verdict: it is a warning. */
async function comment(environment: Environment, inputs: Inputs, markdown: string, code: number): Promise<void> {
  if (inputs.comment === undefined) return;
  // A review has a comment of its own beside that of the check.
  const subject =
    inputs.image ??
    `${join(inputs.workingDirectory, inputs.path)}${inputs.diff === undefined ? "" : " (dependencies)"}`;
  try {
    const done = await writeComment(environment, { ...inputs.comment, markdown, subject, create: code !== 0 });
    if (done !== undefined) process.stdout.write(`bulkhead: ${done}\n`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    annotate("warning", error.line());
  }
}

/** Ends with the program's exit code; 2 where a signal ended it. */
async function runProgram(
  program: URL,
  words: readonly string[],
  cwd: string,
  environment: Environment,
): Promise<number> {
  // Inputs are the action's own, and one of them is a token.
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("INPUT_")));
  const child = spawn(process.execPath, [fileURLToPath(program), ...words], {
    cwd,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code ?? 2;
  } catch (error) {
    annotate("error", `${cwd}: the program cannot be started: ${(error as Error).message}`);
    return 2;
  }
}
