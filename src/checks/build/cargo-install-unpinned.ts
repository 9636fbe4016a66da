import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Rust programs without a version (The Cargo Book, `cargo install`). */
export const cargoInstallUnpinned = dockerfileCheck<"commands">({
  name: "cargo-install-unpinned",
  title: "Unpinned cargo install",
  severity: "low",
  documentation: {
    what: "Checks the crates that `cargo install` names, without `@version`, `--version` or a commit. Not reported: `--path`, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `cargo install --locked ripgrep@14.1.1`: `--locked` also takes the versions of what it depends on from its lockfile.",
    references: ["https://doc.rust-lang.org/cargo/commands/cargo-install.html"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction, command } of installsOf(commands, "cargo")) {
      if (instruction.keyword !== "RUN") continue;
      if (hasOption(command, "--version", "--vers", "--path", "--rev", "--tag")) continue;
      const unpinned = packages.filter(({ text, literal }) => literal && /^[a-z0-9][\w-]*$/i.test(text));
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `cargo install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME@VERSION, and add --locked",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
