import { isSet } from "./dockerfile/cleanup.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, operandsOf } from "./dockerfile/options.ts";

interface Tool {
  /** Without a verb it installs. */
  readonly bare: boolean;
  readonly verbs: readonly string[];
  /** Options that keep to the lock file; the first is advised. */
  readonly frozen: readonly [string, ...string[]];
  /** Variables that do. */
  readonly variables: readonly string[];
}

const tools: Readonly<Record<string, Tool | undefined>> = {
  yarn: {
    bare: true,
    verbs: ["install"],
    frozen: ["--frozen-lockfile", "--immutable", "--pure-lockfile"],
    variables: ["YARN_ENABLE_IMMUTABLE_INSTALLS"],
  },
  pnpm: {
    bare: false,
    verbs: ["install", "i"],
    frozen: ["--frozen-lockfile"],
    variables: ["npm_config_frozen_lockfile"],
  },
  bun: { bare: false, verbs: ["install", "i"], frozen: ["--frozen-lockfile"], variables: [] },
  uv: { bare: false, verbs: ["sync"], frozen: ["--locked", "--frozen"], variables: ["UV_LOCKED", "UV_FROZEN"] },
};

/** Lock files that yarn, pnpm, bun, uv and poetry may change. */
export const lockfileNotFrozen = dockerfileCheck<"commands">({
  name: "lockfile-not-frozen",
  title: "Installs that can change the lockfile",
  severity: "low",
  documentation: {
    what: "Checks `RUN` for `yarn install`, `pnpm install` and `bun install` without `--frozen-lockfile` (`--immutable` for newer yarn), and `uv sync` without `--locked` or `--frozen`. Where `CI` is set by `ENV`, pnpm and newer yarn freeze by themselves.",
    why: "Where lockfile and manifest differ, the build resolves versions again and installs what nobody has reviewed.",
    fix: "Add `--frozen-lockfile`, `--immutable` or `--locked`: the build then fails where the lockfile is not up to date.",
    references: [
      "https://yarnpkg.com/cli/install",
      "https://pnpm.io/cli/install#--frozen-lockfile",
      "https://docs.astral.sh/uv/concepts/projects/sync/",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction } of commands) {
      const { program = "", assignments } = command;
      const tool = tools[program];
      if (tool === undefined || instruction.keyword !== "RUN") continue;
      const operands = operandsOf(command, [
        "--cwd",
        "-C",
        "--dir",
        "--network-timeout",
        "--cache-folder",
        "--registry",
        "--mutex",
        "--network-concurrency",
        "--filter",
        "--group",
        "--extra",
        "--python",
      ]);
      const [verb] = operands;
      if (
        verb === undefined
          ? !(tool.bare && command.arguments.every(({ text }) => !/^(?:-v|-h|--version|--help)$/.test(text)))
          : !tool.verbs.includes(verb.text) || operands.length > 1
      )
        continue;
      if (hasOption(command, "-g", "--global", ...tool.frozen)) continue;
      if (isSet(dockerfile, instruction.stage, "CI", ...tool.variables)) continue;
      const given = [
        ...assignments.map(({ name }) => name),
        ...instruction.commands
          .filter((one) => one.program === "export")
          .flatMap((one) => one.arguments.map(({ text }) => text.split("=", 1)[0] ?? "")),
      ];
      if (given.some((name) => name === "CI" || tool.variables.includes(name))) continue;
      yield {
        subject: `${program} ${verb?.text ?? "install"}`,
        title: `${program} can change the lockfile`,
        range: command.range,
        stage: instruction.stage,
        fix: `add ${tool.frozen[0]}`,
      };
    }
  },
});
