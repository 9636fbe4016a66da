import { given, runOptions } from "./gitlab/containers.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

const DANGEROUS: ReadonlySet<string> = new Set(
  "SYS_ADMIN SYS_PTRACE SYS_MODULE SYS_RAWIO SYS_BOOT NET_ADMIN DAC_READ_SEARCH BPF PERFMON".split(" "),
);

/** Containers that a job starts with the rights of the machine. */
export const gitlabPrivilegedContainer = gitlabCheck({
  name: "gitlab-privileged-container",
  title: "Privileged containers started by jobs",
  severity: "high",
  scripts: true,
  documentation: {
    what: "Checks `docker run` and its like in scripts of a GitLab pipeline for `--privileged`, dangerous `--cap-add`, and `--security-opt` that switches seccomp or AppArmor off. Severity: high for `--privileged` and `--cap-add ALL`, medium else.",
    why: "What runs in the container can be root on the runner, and on what other jobs run there.",
    fix: "Take the option out, or add the one capability that is needed.",
    references: ["https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      const words = runOptions(command);
      if (words === undefined) continue;
      const found = [
        ...given(words, "--privileged").flatMap(({ word }) =>
          /=(?:false|0)$/.test(word.text) ? [] : [{ word, what: "--privileged", severity: "high" as const }],
        ),
        ...given(words, "--cap-add").flatMap(({ word, value }) => {
          const name = value.toUpperCase().replace(/^CAP_/, "");
          if (name !== "ALL" && !DANGEROUS.has(name)) return [];
          return [
            { word, what: `--cap-add ${name}`, severity: name === "ALL" ? ("high" as const) : ("medium" as const) },
          ];
        }),
        ...given(words, "--security-opt").flatMap(({ word, value }) =>
          /^(?:seccomp|apparmor)[=:]unconfined$|^systempaths=unconfined$|^label[=:]disable$/i.test(value)
            ? [{ word, what: `--security-opt ${value}`, severity: "medium" as const }]
            : [],
        ),
      ];
      for (const { word, what, severity } of found) {
        yield {
          subject: `${command.program} run ${what}`,
          title: `${command.program} run is given ${what}`,
          place: placeIn(line, word.range),
          job,
          severity,
          fix: `take ${what} out`,
        };
      }
    }
  },
});
