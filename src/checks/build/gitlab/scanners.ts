/** Programs that look for flaws, secrets and mistakes. */
import type { ShellCommand } from "../../../engines/pipelines/model.ts";

/** Whatever they are told to do. */
const ALONE =
  /^(?:trivy|grype|snyk|osv-scanner|retire|syft|semgrep|gitleaks|trufflehog|checkov|tfsec|kics|bandit|gosec|govulncheck|pip-audit|brakeman|hadolint|anchore-cli|bulkhead|clair-scanner|dependency-check(?:\.sh)?|cargo-audit|bundler-audit|glsec|zap-baseline\.py)$/;

/** Programs that do it at a word. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["npm", ["audit"]],
  ["pnpm", ["audit"]],
  ["yarn", ["audit"]],
  ["composer", ["audit"]],
  ["cargo", ["audit", "deny"]],
  ["safety", ["check", "scan"]],
  ["inspector", ["check"]],
  ["bundle-audit", ["check"]],
  ["docker", ["scout"]],
]);

/** Its name: `trivy`, `npm audit`. Also behind `npx` and `python -m`. */
export function scannerOf({ program = "", arguments: words }: ShellCommand): string | undefined {
  if (ALONE.test(program)) return program;
  const texts = words.map(({ text }) => text).filter((text) => !text.startsWith("-"));
  const [first = "", second = ""] = texts;
  if (program === "npx" || program === "pnpx" || program === "bunx" || /^python[0-9.]*$/.test(program)) {
    const name = first.split("@", 1)[0] ?? "";
    if (ALONE.test(name)) return name;
    return WORDS.get(name)?.includes(second) === true ? `${name} ${second}` : undefined;
  }
  return WORDS.get(program)?.includes(first) === true ? `${program} ${first}` : undefined;
}
