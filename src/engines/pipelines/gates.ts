/**
 * Steps that look for known vulnerabilities in images, and whether what they find stops the pipeline. Each scanner's rule
 * is from its own documentation.
 */
import type { GateStep, Pipeline, ScanStep } from "./model.ts";

interface Scanner {
  readonly name: string;
  /** The action's name without its version. */
  readonly action?: RegExp;
  /** Whether a command of these words scans. */
  scans?(words: readonly string[]): boolean;
  /** Why a finding does not fail the step; nothing where it does. `words` are the command, `inputs` the action's. */
  ignores(words: string, inputs: Readonly<Record<string, string>>): string | undefined;
}

const SCANNERS: readonly Scanner[] = [
  {
    name: "bulkhead",
    action: /(?:^|\/)bulkhead(?:-action)?$/i,
    scans: (words) =>
      behind(words, "bulkhead").some(
        ([first = "", second = ""]) => /^check\b/.test(first) || (first === "image" && /^scan\b/.test(second)),
      ),
    ignores: () => undefined,
  },
  {
    name: "trivy",
    action: /^aquasecurity\/trivy-action$/i,
    scans: (words) => behind(words, "trivy").some((more) => TRIVY.test(firstOperand(more, TRIVY))),
    ignores(words, inputs) {
      const code = inputs["exit-code"] ?? option(words, "--exit-code");
      if (code === undefined || code === "0") return "trivy ends with 0 whatever it finds: --exit-code is not set";
      return severityMissing(inputs.severity ?? option(words, "--severity") ?? option(words, "-s"));
    },
  },
  {
    name: "grype",
    action: /^anchore\/scan-action$/i,
    scans: (words) =>
      behind(words, "grype").some(
        ([first = ""]) => first !== "" && !/^(?:db|version|completion|config|help)\b/.test(first),
      ),
    ignores(words, inputs) {
      if (words === "") {
        return inputs["fail-build"] === "false" ? "fail-build is false" : undefined;
      }
      return (option(words, "--fail-on") ?? option(words, "-f")) === undefined
        ? "grype ends with 0 whatever it finds: --fail-on is not set"
        : undefined;
    },
  },
  {
    name: "docker scout",
    action: /^docker\/scout-action$/i,
    scans: (words) =>
      behind(words, "docker").some(([first, second = ""]) => first === "scout" && /^cves\b/.test(second)),
    ignores(words, inputs) {
      const fails = words === "" ? inputs["exit-code"] === "true" : /\s(?:--exit-code|-e)\b/.test(words);
      if (!fails) return "docker scout ends with 0 whatever it finds: --exit-code is not set";
      return severityMissing(inputs["only-severities"] ?? option(words, "--only-severity"));
    },
  },
  {
    name: "snyk",
    action: /^snyk\/actions\/docker$/i,
    scans: (words) =>
      behind(words, "snyk").some(
        ([first, second = "", ...more]) =>
          (first === "container" && /^test\b/.test(second)) ||
          (first === "test" && [second, ...more].some((word) => /--docker\b/.test(word))),
      ),
    ignores: () => undefined,
  },
];

/** Commands of trivy that look for vulnerabilities. */
const TRIVY = /^(?:image|i|fs|filesystem|rootfs|repo|repository|sbom)\b/;

/** What follows the program, wherever it stands among the words: by its name, a path, or as npx has it (`"NAME@VERSION"`). */
function behind(words: readonly string[], program: string): string[][] {
  return words.flatMap((word, at) => {
    const name = word.replace(/^["']/, "");
    const isProgram = name === program || name.endsWith(`/${program}`) || name.startsWith(`${program}@`);
    return isProgram ? [words.slice(at + 1, at + 1 + MOST_WORDS)] : [];
  });
}

/** Words of one command that are looked at. */
const MOST_WORDS = 200;

/** The first word that is no option, nor the value of one; a word that `is` what is looked for is never a value. */
function firstOperand(words: readonly string[], is: RegExp): string {
  for (const [at, word] of words.entries()) {
    const isValue = words[at - 1]?.startsWith("-") === true && words[at - 1]?.includes("=") !== true;
    if (is.test(word) || (!word.startsWith("-") && !isValue)) return word;
  }
  return "";
}

/** Every step that scans, in the pipelines' order. */
export function scanSteps(pipelines: readonly Pipeline[]): ScanStep[] {
  return pipelines.flatMap((pipeline) =>
    pipeline.jobs
      .filter(({ disabled }) => !disabled)
      .flatMap((job) =>
        job.steps.flatMap((step) =>
          scansOf(step).map(({ scanner, ignored, line }): ScanStep => {
            const why = job.mayFail ? "its job may fail" : step.mayFail ? "the step may fail" : ignored;
            return {
              pipeline: pipeline.path,
              job: job.name,
              line,
              column: step.column,
              scanner,
              ...(why === undefined ? {} : { ignored: why }),
            };
          }),
        ),
      ),
  );
}

interface Scan {
  readonly scanner: string;
  readonly ignored?: string | undefined;
  readonly line: number;
}

function scansOf(step: GateStep): Scan[] {
  const action = step.uses?.split("@")[0] ?? "";
  const used = SCANNERS.find((scanner) => scanner.action?.test(action) === true);
  if (used !== undefined) return [{ scanner: used.name, ignored: used.ignores("", step.with), line: step.line }];
  return commandsOf(step.run ?? "").flatMap((command) => {
    const words = command.split(/\s+/);
    const scanner = SCANNERS.find((known) => known.scans?.(words) === true);
    if (scanner === undefined) return [];
    const ignored = /\|\|\s*(?:true|:|exit\s+0|echo\b)/.test(command)
      ? "its exit code is thrown away"
      : scanner.ignores(command, {});
    return [{ scanner: scanner.name, ignored, line: step.line }];
  });
}

/** Lines of a script with the continued ones joined; what is behind a `#` is no command. */
function commandsOf(script: string): string[] {
  return script
    .replace(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => withoutComment(line).trim())
    .flatMap((line) => line.split(/;|&&/))
    .filter((command) => command !== "");
}

/** A `#` begins one at the start of a word. */
function withoutComment(line: string): string {
  const at = line.search(/(?<=^|\s)#/);
  return at === -1 ? line : line.slice(0, at);
}

/** `--name value` or `--name=value`. */
function option(words: string, name: string): string | undefined {
  const all = words.split(/[\s=]+/);
  const at = all.indexOf(name);
  return at < 0 ? undefined : (all[at + 1] ?? "").replace(/^["']|["']$/g, "");
}

/** A list of severities to look for that leaves out the critical ones blocks none of them. */
function severityMissing(severities: string | undefined): string | undefined {
  if (severities === undefined || severities === "") return undefined;
  return severities
    .toLowerCase()
    .split(/[\s,]+/)
    .includes("critical")
    ? undefined
    : "does not look for critical ones";
}
