/** The modules that we find in a program, beside those that Go's own reader of build information lists. */
import { join } from "node:path";
import { binary } from "../../../src/engines/contents/packages/binary/binary.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGoForJson } from "../go-program.ts";
import { programFrom } from "./generate.ts";

export const differential: Differential = {
  reader: "go-buildinfo",
  consumer: "Go's debug/buildinfo",
  needs: ["go"],
  cases: { short: 200, soak: 5_000 },
  accepting: "harmless",
  generate: programFrom,
  consume: (cases) =>
    askGoForJson(join(import.meta.dirname, "consumer.go"), cases, (modules) =>
      shown((modules as readonly string[][]).map(installed)),
    ),
  read,
  known: [
    {
      reason: "more is listed than Go lists",
      matches: (_bytes, ours, theirs) =>
        ours.kind === "value" &&
        theirs.kind === "value" &&
        theirs.value.split("\n").every((each) => ours.value.split("\n").includes(each)),
    },
  ],
};

function shown(modules: readonly string[]): string {
  return [...new Set(["", ...modules])].sort().join("\n");
}

/** What was built: the replacement, or the module itself where that is a folder, of no known version. */
function installed([path = "", version = "", replacement, replaced = ""]: readonly string[]): string {
  if (replacement === undefined) return `${path} ${version === "(devel)" ? "" : version}`;
  return /^\.{0,2}\//.test(replacement) ? `${path} ` : `${replacement} ${replaced === "(devel)" ? "" : replaced}`;
}

function read(bytes: Buffer): Reading {
  const facts = binary.analyse({ path: "app", bytes, modified: undefined, mode: 0o755 } as never);
  if (facts === undefined) return { kind: "value", value: "" };
  if (facts instanceof Promise) throw new Error("it is read at once");
  if (facts.kind !== "packages") return { kind: "refused", why: facts.kind };
  const [why] = facts.unread;
  if (why !== undefined) return { kind: "refused", why };
  const modules = facts.packages.filter(({ type, name }) => type === "golang" && name !== "stdlib");
  return { kind: "value", value: shown(modules.map(({ name, version }) => `${name} ${version}`)) };
}
