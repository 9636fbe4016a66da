/** What a command does to an image where it runs the program itself, and where it starts another that does. */
import { type Act, actsOf } from "./commands.ts";

/** @param words - behind the program, without quotes */
export function actsOfCommand(program: string, words: readonly string[]): readonly Act[] {
  return [...actsOf(program, words), ...wrapped(program, words)];
}

/** `npx bulkhead check .`, `docker run aquasec/trivy image X`: the program is among the words. */
function wrapped(program: string, words: readonly string[]): readonly Act[] {
  if (program === "node") {
    const [script = "", ...rest] = words;
    return actsOf((script.split("/").at(-1) ?? "").replace(/\.[cm]?js$/, ""), rest);
  }
  if (/^(?:npx|pnpx|bunx|uvx|pipx)$/.test(program)) {
    const at = words.findIndex((word) => !word.startsWith("-") && word !== "run");
    // `@scope/name@version`
    const [name = ""] = ((words[at] ?? "").split("/").at(-1) ?? "").split("@");
    return at < 0 ? [] : actsOf(name, words.slice(at + 1));
  }
  if (!/^(?:docker|podman|nerdctl)$/.test(program) || words[0] !== "run") return [];
  const at = words.findIndex((word) =>
    /(?:^|\/)(?:trivy|grype|syft|cosign|gitleaks|trufflehog|bulkhead|executor)(?::|@|$)/.test(word),
  );
  const name = /(?:^|\/)([a-z]+)(?::|@|$)/.exec(words[at] ?? "")?.[1] ?? "";
  return at < 0 ? [] : actsOf(name, words.slice(at + 1));
}
