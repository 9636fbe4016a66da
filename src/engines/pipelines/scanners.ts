/**
 * Scanners that look for known vulnerabilities in images: which commands and actions are theirs, and whether what they find ends
 * the step. Each rule is from the scanner's own documentation.
 */
import { hasFlag, optionOf } from "./lifecycle/words.ts";
import {
  type Configured,
  lookedUp,
  NO_SCANNER_SETTINGS,
  namedFile,
  type ScannerSettings,
  settingsBefore,
} from "./scanner-settings.ts";

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
  /** Why nobody knows whether it does; `ignored` is absent then. */
  readonly unknown?: string;
}

interface Scanner {
  readonly name: string;
  readonly program: string;
  readonly action: RegExp;
  /** Of a command: whether it scans. @param words - behind the program */
  scans(words: readonly string[]): boolean;
  /** Absent: its options alone say what it does. */
  readonly configured?: Configured;
  /** Of its action; absent: whatever its inputs say. */
  actionScans?(inputs: ReadonlyMap<string, string>): boolean;
  /** @param value - of the first of the command's options that is there, or of the action's input */
  ignores(set: Setting, call: ScanCall): string | undefined;
}

/** Undefined where neither is set; an input that is set to nothing is not. */
type Setting = (input: string, ...options: readonly string[]) => string | undefined;

/**
 * Undefined of what scans no image for vulnerabilities.
 *
 * @param settings - what is set where it runs
 */
export function scannerRunOf(call: ScanCall, settings = NO_SCANNER_SETTINGS): ScannerRun | undefined {
  for (const scanner of SCANNERS) {
    let unknown: string | undefined;
    const set = settingOf(scanner, call, settings, (reason) => {
      unknown = reason;
    });
    if (set === undefined) continue;
    const ignored = scanner.ignores(set, call);
    if (ignored === undefined) return { scanner: scanner.name };
    return { scanner: scanner.name, ...(unknown === undefined ? { ignored } : { unknown }) };
  }
  return undefined;
}

function settingOf(
  scanner: Scanner,
  call: ScanCall,
  settings: ScannerSettings,
  onUnknown: (reason: string) => void,
): Setting | undefined {
  const { configured } = scanner;
  const beside = (options: readonly string[], stated: string | undefined, own: ScannerSettings) => {
    const option = options.find((each) => configured?.names[each] !== undefined);
    if (configured === undefined || option === undefined) return undefined;
    const { value, unknown } = lookedUp(option, configured, stated, own);
    if (unknown !== undefined) onUnknown(unknown);
    return value;
  };
  if (call.kind === "action") {
    const { name, inputs } = call;
    if (!scanner.action.test(name) || scanner.actionScans?.(inputs) === false) return undefined;
    const stated = configured === undefined ? undefined : inputs.get(configured.input)?.trim() || undefined;
    return (input, ...options) => inputs.get(input)?.trim() || beside(options, stated, settings);
  }
  const found = behind(call.words, scanner.program).find(({ words }) => scanner.scans(words));
  if (found === undefined) return undefined;
  const { words, before } = found;
  const stated = configured === undefined ? undefined : namedFile(configured, words);
  const own = settingsBefore(before, settings);
  return (_, ...options) => optionOf(words, ...options) ?? beside(options, stated, own);
}

export const TRIVY_SETTINGS: Configured = {
  prefix: "TRIVY_",
  options: ["--config", "-c"],
  input: "trivy-config",
  files: ["trivy.yaml"],
  names: { "--exit-code": ["EXIT_CODE", "exit-code"], "--severity": ["SEVERITY", "severity"] },
};

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
    configured: TRIVY_SETTINGS,
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
    configured: {
      prefix: "GRYPE_",
      options: ["--config", "-c"],
      input: "",
      files: [".grype.yaml", ".grype/config.yaml"],
      names: { "--fail-on": ["FAIL_ON_SEVERITY", "fail-on-severity"] },
    },
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

interface Behind {
  readonly words: readonly string[];
  /** In front of the program. */
  readonly before: readonly string[];
}

/** What follows the program, wherever it stands among the words: by its name, a path, or as npx and images have it (`NAME@VERSION`). */
function behind(words: readonly string[], program: string): Behind[] {
  // What is told is not run.
  if (words[0] === "echo" || words[0] === "printf") return [];
  return words.flatMap((word, at) => {
    const name = word.split("/").at(-1) ?? "";
    const isProgram = name === program || name.startsWith(`${program}@`) || name.startsWith(`${program}:`);
    if (!isProgram) return [];
    return [{ words: words.slice(at + 1, at + 1 + MOST_WORDS), before: words.slice(Math.max(0, at - MOST_WORDS), at) }];
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
