import type { Dockerfile } from "../../engines/dockerfile/model.ts";
import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Whether something of the build context came into the stage before: then a go.mod may say the version. */
function hasModule({ stages }: Dockerfile, stage: number | undefined, before: number): boolean {
  const instructions = stage === undefined ? [] : (stages[stage]?.instructions ?? []);
  const inStage = instructions.some(
    ({ keyword, range }) => (keyword === "COPY" || keyword === "ADD") && range.start < before,
  );
  const clones = instructions.some(
    (one) =>
      one.keyword === "RUN" &&
      one.commands.some(
        ({ program, arguments: words }) => program === "git" && words.some(({ text }) => text === "clone"),
      ),
  );
  const from = stage === undefined ? undefined : stages[stage]?.from.origin;
  // What a stage below has copied is there as well.
  return inStage || clones || from?.kind === "stage";
}

/** Go programs of no certain version (Go Modules Reference, version queries). */
export const goInstallUnpinned = dockerfileCheck<"commands">({
  name: "go-install-unpinned",
  title: "Unpinned go install",
  severity: "low",
  documentation: {
    what: "Checks the modules that `go install`, `go get` and `go run` name with `@latest` or a branch, and with nothing where no go.mod could say the version: none was copied in or cloned before.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write the version: `go install golang.org/x/tools/cmd/stringer@v0.30.0`.",
    references: ["https://go.dev/ref/mod#version-queries"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { packages, instruction, verb } of installsOf(commands, "go")) {
      if (instruction.keyword !== "RUN") continue;
      const local = hasModule(dockerfile, instruction.stage, instruction.range.start);
      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal &&
          /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[^@]*(?:@|$)/i.test(text) &&
          !text.includes("...") &&
          (/@(?:latest|upgrade|patch|main|master|HEAD)$/.test(text) ||
            (!text.includes("@") && !local && verb.text !== "run")),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `go ${verb.text === "run" ? "run" : "install"} ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: MODULE@VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
