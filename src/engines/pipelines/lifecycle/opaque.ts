/** Commands that run what is not read here, and whether a script is worth taking apart. */
import { PROGRAMS } from "./commands.ts";

/** Programs that run what another file says: it may do any of this. */
const RUNNERS =
  /^(?:make|gmake|just|task|mage|rake|earthly|dagger|bazel|bazelisk|goreleaser|nix|tox|nox|invoke|gradle|gradlew|mvn|mvnw|ansible-playbook|skaffold|tilt)$/;
const SHELLS = /^(?:bash|sh|zsh|dash|ksh|source|\.)$/;
/** Targets that, by their names, look after code and not after images. */
const HARMLESS =
  /^(?:lint|test|tests|unit|format|fmt|check|vet|clean|deps|install|generate|docs?|ci|verify-generated|coverage|typecheck|compile|package|bench)(?:[-_:].*)?$/;

/** `make release`; undefined where it runs nothing of the kind. @param words - behind the program */
export function opaqueOf(program: string, words: readonly string[], written: string): string | undefined {
  if (written.startsWith("$")) return written;
  const operands = words.filter((word) => !word.startsWith("-"));
  const [first = "", second = ""] = operands;
  const isScript = /\.(?:sh|bash|py|rb|js|mjs|ts|pl)$/.test(first);
  if (RUNNERS.test(program))
    return operands.every((word) => HARMLESS.test(word)) && first !== "" ? undefined : `${program} ${first}`.trim();
  if (SHELLS.test(program)) return isScript || first.includes("/") ? `${program} ${first}` : undefined;
  if (/^(?:python[0-9.]*|node|ruby|perl)$/.test(program))
    return isScript && first.includes("/") ? `${program} ${first}` : undefined;
  if (/^(?:npm|pnpm|yarn|bun)$/.test(program)) {
    const script = first === "run" || first === "run-script" ? second : undefined;
    return script === undefined ||
      script === "" ||
      HARMLESS.test(script) ||
      /^(?:build|start|dev)(?:[-_:].*)?$/.test(script)
      ? undefined
      : `${program} run ${script}`;
  }
  return /^\.{0,2}\/|^[A-Za-z0-9_.-]+\/[A-Za-z0-9_./-]+$/.test(written) &&
    /^(?:\.|scripts?\/|hack\/|ci\/|bin\/|tools?\/|build\/)/.test(written)
    ? written
    : undefined;
}

/** Whether a script may hold a command that does any of it, or one that runs what is not read: a look at its words, no more. */
export function mayAct(script: string): boolean {
  if (script.includes("./") || FOLDERS.some((folder) => script.includes(folder))) return true;
  return script.split(/[^A-Za-z0-9_.-]/).some((word) => {
    const known = Object.hasOwn(PROGRAMS, word) || RUNNERS.test(word) || SHELLS.test(word) || STARTERS.test(word);
    return known && word !== ".";
  });
}

const FOLDERS = ["script/", "scripts/", "hack/", "ci/", "bin/", "tool/", "tools/", "build/"] as const;
const STARTERS = /^(?:python[0-9.]*|node|ruby|perl|npm|pnpm|yarn|bun|npx|pnpx|bunx|uvx|pipx)$/;
