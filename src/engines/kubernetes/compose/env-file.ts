/** The `.env` file beside a Compose file, from which Compose fills in variables: its plain lines, and nothing else of it. */
import type { ComposeVariables } from "./interpolate.ts";

const NAME = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*$/;

/**
 * Name → value, undefined where the value needs more than reading (quotes, escapes, other variables, comments). `unknown`
 * where a line is of another form: it might begin a value of several lines.
 */
export function readEnvFile(text: string): ComposeVariables {
  const variables = new Map<string, string | undefined>();
  for (const line of text.split("\n")) {
    if (/^[ \t\r]*(?:#|$)/.test(line)) continue;
    const at = line.indexOf("=");
    const name = at < 0 ? undefined : NAME.exec(line.slice(0, at).trimStart())?.[1];
    if (name === undefined) return "unknown";
    const value = line.slice(at + 1).trim();
    const quoted = /^(["'])([^"'\\$]*)\1$/.exec(value)?.[2];
    if (quoted === undefined && /["']/.test(value)) return "unknown";
    variables.set(name, quoted ?? (/[\\$#`]|[^\x20-\x7e]/.test(value) ? undefined : value));
  }
  return variables;
}
