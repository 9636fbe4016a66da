/** Threats in commands: of install scripts, and what code hands to a shell. */
import { type CommandTrait, commandTraits } from "./commands.ts";
import type { Hit, RuleId } from "./rules.ts";

/**
 * @param runs - the command runs without anyone asking for it: an install script, or code that runs on import
 * @param at - the offset that hits are given
 */
export function commandThreats(
  command: string,
  { atInstall, runs, at }: { atInstall: boolean; runs: boolean; at: number },
): Hit[] {
  const traits = commandTraits(command);
  if (traits.size === 0) return [];
  const has = (trait: CommandTrait): boolean => traits.has(trait);
  const hits: Hit[] = [];
  const add = (rule: RuleId, severity?: Hit["severity"]): void => {
    hits.push({
      rule,
      at,
      capabilities: ["process", ...(NETWORKED.has(rule) ? (["network"] as const) : [])],
      ...(severity === undefined ? {} : { severity }),
    });
  };
  const suspicious = has("bare-address") || has("drop-address") || has("collector");
  if (has("reverse-shell")) add("reverse-shell");
  if (has("encoded")) add("encoded-exec");
  if (has("mines")) add("miner", runs ? undefined : "medium");
  if (has("runs-download")) {
    if (atInstall) add("install-download", suspicious || has("hides") ? "critical" : undefined);
    else add("download-run", suspicious || (runs && has("hides")) ? "high" : runs ? "medium" : "low");
  }
  if (has("sends-secrets"))
    add(has("looks-up-names") ? "dns-exfiltration" : "exfiltration", runs || suspicious ? undefined : "medium");
  else if (has("looks-up-names") && has("collector")) add("dns-exfiltration");
  else if (has("collector") && (has("downloads") || has("sends") || has("looks-up-names"))) add("collector-address");
  else if (has("downloads") && atInstall && suspicious && !has("runs-download")) add("install-download");
  if (has("autostart")) add("persistence", runs ? undefined : "medium");
  if (has("registry-settings")) add("registry-tampering", atInstall ? undefined : "low");
  if (has("destroys")) add("destruction", runs ? undefined : "medium");
  if (has("assistant")) add("assistant-abuse", runs ? undefined : "low");
  if (has("loads-library") && atInstall) add("install-command");
  return hits;
}

const NETWORKED: ReadonlySet<RuleId> = new Set<RuleId>([
  "reverse-shell",
  "install-download",
  "download-run",
  "exfiltration",
  "dns-exfiltration",
  "collector-address",
]);
