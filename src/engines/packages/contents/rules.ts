/** The rules of what is a threat: capabilities that together do harm. A package with one of `critical` or `high` is refused. */
import type { CapabilityKind, Threat } from "../model.ts";

interface Rule {
  readonly severity: Threat["severity"];
  readonly title: string;
}

/** A rule's severity is that of its plain case; a finding may lower it where what it found is weaker. */
export const RULES = {
  "encoded-exec": { severity: "critical", title: "Encoded code is decoded and run" },
  "remote-code": { severity: "critical", title: "Code from a hard-coded address is run" },
  exfiltration: { severity: "critical", title: "Secrets are sent to a hard-coded address" },
  "identity-beacon": { severity: "high", title: "Names of the machine and its user are sent to a hard-coded address" },
  "dns-exfiltration": { severity: "high", title: "Data is sent out within looked-up host names" },
  "collector-address": { severity: "high", title: "A request bin or a chat webhook is contacted" },
  "bare-address": { severity: "high", title: "A hard-coded public IP address is contacted" },
  "hidden-address": { severity: "high", title: "An encoded address is contacted" },
  "hidden-call": { severity: "high", title: "A dangerous module or function is named out of pieces" },
  "install-download": { severity: "high", title: "A download is run when the package is installed" },
  "download-run": { severity: "high", title: "A download from a hard-coded address is run" },
  dropper: { severity: "high", title: "An embedded program is written out and run" },
  "install-command": { severity: "high", title: "A program of the system is misused when the package is installed" },
  "reverse-shell": { severity: "critical", title: "A shell is handed to a remote machine" },
  persistence: { severity: "high", title: "A start-up file or scheduled job is written" },
  "registry-tampering": { severity: "high", title: "Settings of a package manager are changed" },
  "self-spreading": { severity: "critical", title: "Packages or workflows of others are changed and published" },
  "wallet-hijack": { severity: "critical", title: "Payments are redirected to hard-coded wallets" },
  "clipboard-hijack": { severity: "critical", title: "Wallet addresses in the clipboard are replaced" },
  miner: { severity: "critical", title: "A cryptocurrency miner is started" },
  destruction: { severity: "critical", title: "Files of the user are deleted" },
  "assistant-abuse": { severity: "high", title: "A coding assistant is started without its safeguards" },
  shellcode: { severity: "critical", title: "Machine code is loaded into memory and run" },
  spying: { severity: "critical", title: "Keystrokes, screenshots or the clipboard are sent away" },
  "obfuscator-output": { severity: "high", title: "Code was made unreadable by an obfuscator" },
  "hidden-code": { severity: "high", title: "Code is moved out of sight" },
  "hidden-unicode": { severity: "high", title: "Invisible characters hide code or data" },
  "startup-code": { severity: "high", title: "A .pth file runs code whenever Python starts" },
  "remote-dependency": { severity: "high", title: "A dependency is fetched from a URL outside of the registry" },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof RULES;

/** What one rule found in one text, at an offset of it. */
export interface Hit {
  readonly rule: RuleId;
  readonly at: number;
  readonly capabilities: readonly CapabilityKind[];
  /** Where it is weaker than the rule's plain case. */
  readonly severity?: Threat["severity"];
}

/** Where code runs: it decides what is harmless in a function that someone calls. */
export interface Circumstances {
  /** The file runs when the package is installed. */
  readonly atInstall: boolean;
  /** It is the very file that the installer starts: what is in it is there to run. */
  readonly started?: boolean;
  /** It runs when the package is imported. */
  readonly atImport: boolean;
}
