/**
 * Scanners that look for known vulnerabilities in images: which commands and actions are theirs, and whether what they find ends
 * the step. Each rule is from the scanner's own documentation.
 */
import { hasFlag, optionOf } from "./lifecycle/words.ts";

/** How a scanner is started: by the words of a command, its program among them, or by an action and its inputs. */
export type ScanCall =
  | { readonly kind: "command"; readonly words: readonly string[] }
  /** Names in lower case: of the action without its version, and of its inputs. */
  | { readonly kind: "action"; readonly name: string; readonly inputs: ReadonlyMap<string, string> };

export interface ScannerRun {
  /** `docker scout`. */
  readonly scanner: string;
  /** Why a finding does not fail the step; absent: it does. */
  readonly ignored?: string;
}

interface Scanner {
  readonly name: string;
  readonly program: string;
  readonly action: RegExp;
  /** Of a command: whether it scans. @param words - behind the program */
  scans(words: readonly string[]): boolean;
  /** Of its action; absent: whatever its inputs say. */
  actionScans?(inputs: ReadonlyMap<string, string>): boolean;
  /** @param value - of the first of the command's options that is there, or of the action's input */
  ignores(set: Setting, call: ScanCall): string | undefined;
}

/** Undefined where neither is set; an input that is set to nothing is not. */
type Setting = (input: string, ...options: readonly string[]) => string | undefined;

/** Undefined of what scans no image for vulnerabilities. */
export function scannerRunOf(call: ScanCall): ScannerRun | undefined {
  for (const scanner of SCANNERS) {
    const set = settingOf(scanner, call);
    if (set === undefined) continue;
    const ignored = scanner.ignores(set, call);
    return { scanner: scanner.name, ...(ignored === undefined ? {} : { ignored }) };
  }
  return undefined;
}

function settingOf(scanner: Scanner, call: ScanCall): Setting | undefined {
  if (call.kind === "action") {
    const { name, inputs } = call;
    if (!scanner.action.test(name) || scanner.actionScans?.(inputs) === false) return undefined;
    return (input) => inputs.get(input)?.trim() || undefined;
  }
  const words = behind(call.words, scanner.program).find((more) => scanner.scans(more));
  return words === undefined ? undefined : (_, ...options) => optionOf(words, ...options);
}

const SCANNERS: readonly Scanner[] = [
  {
    name: "bulkhead",
    program: "bulkhead",
    action: /(?:^|\/)bulkhead(?:-action|\/\.github\/workflows\/bulkhead\.ya?ml)?$/,
    scans: ([first = "", second = ""]) => first === "check" || (first === "image" && second === "scan"),
    // With `diff` it reviews dependencies.
    actionScans: (inputs) => (inputs.get("diff") ?? "") === "",
    ignores: (set) =>
      set("fail-on", "--fail-on")?.toLowerCase() === "never" ? "bulkhead fails on nothing: --fail-on never" : undefined,
  },
  {
    name: "trivy",
    program: "trivy",
    action: /^aquasecurity\/trivy-action$/,
    scans: (words) =>
      TRIVY.test(firstOperand(words, TRIVY)) &&
      looksForVulnerabilities(optionOf(words, "--scanners", "--security-checks"), optionOf(words, "--format", "-f")),
    actionScans: (inputs) =>
      inputs.get("scan-type") !== "config" && looksForVulnerabilities(inputs.get("scanners"), inputs.get("format")),
    ignores(set) {
      const code = set("exit-code", "--exit-code");
      if (code === undefined || code === "0") return "trivy ends with 0 whatever it finds: --exit-code is not set";
      return severityMissing(set("severity", "--severity", "-s"));
    },
  },
  {
    name: "grype",
    program: "grype",
    action: /^anchore\/scan-action$/,
    scans: ([first = ""]) => first !== "" && !/^(?:db|version|completion|config|help)$/.test(first),
    ignores(set, { kind }) {
      if (kind === "action") return set("fail-build")?.toLowerCase() === "false" ? "fail-build is false" : undefined;
      return set("", "--fail-on", "-f") === undefined
        ? "grype ends with 0 whatever it finds: --fail-on is not set"
        : undefined;
    },
  },
  {
    name: "docker scout",
    program: "docker",
    action: /^docker\/scout-action$/,
    scans: ([first, second]) => first === "scout" && second === "cves",
    actionScans: (inputs) => !/sbom/.test(inputs.get("command") ?? ""),
    ignores(set, call) {
      const fails =
        call.kind === "action"
          ? set("exit-code")?.toLowerCase() === "true"
          : hasFlag(call.words, "--exit-code") || call.words.includes("-e");
      if (!fails) return "docker scout ends with 0 whatever it finds: --exit-code is not set";
      return severityMissing(set("only-severities", "--only-severity"));
    },
  },
  {
    name: "snyk",
    program: "snyk",
    action: /^snyk\/actions\/docker$/,
    scans: ([first, second, ...more]) =>
      (first === "container" && second === "test") ||
      (first === "test" && hasFlag([second ?? "", ...more], "--docker")),
    // `monitor` tells of them elsewhere.
    actionScans: (inputs) => inputs.get("command") !== "monitor",
    ignores: () => undefined,
  },
];

/** Commands of trivy that look for vulnerabilities. */
const TRIVY = /^(?:image|i|fs|filesystem|rootfs|repo|repository|sbom)$/;

/** Trivy looks for them unless it is told what else to look for, or writes an SBOM ("SBOM", `--format cyclonedx`). */
function looksForVulnerabilities(scanners: string | undefined, format: string | undefined): boolean {
  if (/^(?:cyclonedx|spdx|spdx-json|github)$/.test(format ?? "")) return false;
  // What a variable holds may name them.
  return scanners === undefined || scanners === "" || /\bvuln\b|\$/.test(scanners);
}

/** What follows the program, wherever it stands among the words: by its name, a path, or as npx and images have it (`NAME@VERSION`). */
function behind(words: readonly string[], program: string): string[][] {
  // What is told is not run.
  if (words[0] === "echo" || words[0] === "printf") return [];
  return words.flatMap((word, at) => {
    const name = word.split("/").at(-1) ?? "";
    const isProgram = name === program || name.startsWith(`${program}@`) || name.startsWith(`${program}:`);
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

/** A list of severities to look for that leaves out the critical ones blocks none of them. */
function severityMissing(severities: string | undefined): string | undefined {
  if (severities === undefined || severities === "" || severities.includes("$")) return undefined;
  return severities
    .toLowerCase()
    .split(/[\s,]+/)
    .includes("critical")
    ? undefined
    : "does not look for critical ones";
}
