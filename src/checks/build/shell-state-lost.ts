import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** What a RUN's shell forgets at its end (Dockerfile reference, RUN). */
export const shellStateLost = dockerfileCheck<"commands">({
  name: "shell-state-lost",
  title: "Shell state lost after RUN",
  severity: "low",
  documentation: {
    what: "Checks for a `RUN` whose last command is `cd`, `export`, `alias`, `umask`, `ulimit`, `source`, or starts a service.",
    why: "Every `RUN` has a shell of its own. What its last command changes in that shell is gone: later instructions run in another directory, with other rights or without the variable than anyone who wrote it believes.",
    fix: "Write `WORKDIR` for `cd` and `ENV` for `export`; put the others before the commands that need them; start services by `CMD`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#workdir",
      "https://docs.docker.com/reference/dockerfile/#env",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      if (instruction.keyword !== "RUN" || command.index !== instruction.commands.length - 1) continue;
      const { program = "" } = command;
      const first = command.arguments.map(({ text }) => text);
      const service =
        (program === "service" && first[1] === "start") ||
        (program === "systemctl" && first[0] === "start") ||
        (/^\/etc\/init\.d\//.test(command.programWord?.text ?? "") && first[0] === "start");
      const lost = /^(?:cd|export|alias|umask|ulimit|source|\.|pushd)$/.test(program);
      if (!(lost || service) || command.within.length > 0 || command.pipedInto.length > 0 || first.length === 0)
        continue;
      const advice =
        program === "cd" || program === "pushd"
          ? "use WORKDIR"
          : program === "export"
            ? "use ENV"
            : service
              ? "start the service with CMD"
              : `move ${program} before the commands that need its effect`;
      yield {
        subject: `${program} at the end`,
        title: `${program} has no effect after its RUN ends`,
        range: command.range,
        stage: instruction.stage,
        fix: advice,
      };
    }
  },
});
