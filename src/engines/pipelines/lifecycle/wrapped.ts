/** What a command does to an image where it runs the program itself, and where it starts another that does. */
import { NO_SCANNER_SETTINGS, type ScannerSettings, settingsBefore } from "../scanner-settings.ts";
import { type Act, actsOf } from "./commands.ts";

/** @param words - behind the program, without quotes @param settings - of scanners, where it runs */
export function actsOfCommand(
  program: string,
  words: readonly string[],
  settings = NO_SCANNER_SETTINGS,
): readonly Act[] {
  return [...actsOf(program, words, settings), ...wrapped(program, words, settings)];
}

/** `npx bulkhead check .`, `docker run aquasec/trivy image X`: the program is among the words. */
function wrapped(program: string, words: readonly string[], settings: ScannerSettings): readonly Act[] {
  if (program === "node") {
    const [script = "", ...rest] = words;
    return actsOf((script.split("/").at(-1) ?? "").replace(/\.[cm]?js$/, ""), rest, settings);
  }
  if (/^(?:npx|pnpx|bunx|uvx|pipx)$/.test(program)) {
    const at = words.findIndex((word) => !word.startsWith("-") && word !== "run");
    // `@scope/name@version`
    const [name = ""] = ((words[at] ?? "").split("/").at(-1) ?? "").split("@");
    return at < 0 ? [] : actsOf(name, words.slice(at + 1), settings);
  }
  if (!/^(?:docker|podman|nerdctl)$/.test(program) || words[0] !== "run") return [];
  const at = words.findIndex((word) =>
    /(?:^|\/)(?:trivy|grype|syft|cosign|gitleaks|trufflehog|bulkhead|executor)(?::|@|$)/.test(word),
  );
  const name = /(?:^|\/)([a-z]+)(?::|@|$)/.exec(words[at] ?? "")?.[1] ?? "";
  return at < 0 ? [] : actsOf(name, words.slice(at + 1), settingsBefore([program, ...words.slice(0, at)], settings));
}
