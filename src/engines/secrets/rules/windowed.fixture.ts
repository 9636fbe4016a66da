import type { SecretRule } from "../rule.ts";

/** Shannon's bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** What a rule finds in a text, looking only where `SecretRule` says: windows around its keywords. For tests. */
export function windowed(rule: SecretRule, text: string, path = "file.txt"): string[] {
  if (rule.paths !== undefined && !rule.paths(path)) return [];
  const lower = text.toLowerCase();
  const found: string[] = [];
  for (const keyword of rule.keywords) {
    for (let at = lower.indexOf(keyword.toLowerCase()); at >= 0; at = lower.indexOf(keyword.toLowerCase(), at + 1)) {
      const from = Math.max(0, at - (rule.before ?? 96));
      const window = text.slice(from, at + (rule.after ?? 256));
      for (const match of window.matchAll(new RegExp(rule.pattern.source, `${rule.pattern.flags}g`))) {
        const secret = match.groups?.secret ?? match[0];
        if (entropyOf(secret) < (rule.minEntropy ?? 0)) continue;
        if (rule.validate?.(secret, match) === "invalid") continue;
        if (!found.includes(secret)) found.push(secret);
      }
    }
  }
  return found;
}
