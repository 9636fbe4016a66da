import { given, runOptions } from "./gitlab/containers.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Containers of jobs that see the network, processes or memory of the machine. */
export const gitlabHostNamespace = gitlabCheck({
  name: "gitlab-host-namespace",
  title: "Namespaces of the machine in job containers",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks `docker run` and its like in scripts of a GitLab pipeline for `--network host`, `--pid host`, `--ipc host`, `--uts host` and `--userns host`. Severity: medium.",
    why: "The container reaches services that listen on the machine alone, sees the processes of other jobs, and their memory.",
    fix: "Take the option out; use a network of its own.",
    references: ["https://docs.docker.com/engine/network/drivers/host/"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      for (const { word, value } of given(
        runOptions(command) ?? [],
        "--network",
        "--net",
        "--pid",
        "--ipc",
        "--uts",
        "--userns",
      )) {
        if (value !== "host") continue;
        const option = word.text.split("=", 1)[0] ?? "";
        yield {
          subject: `${command.program} run ${option} host`,
          title: `${command.program} run is given ${option} host`,
          place: placeIn(line, word.range),
          job,
          fix: `take ${option} host out`,
        };
      }
    }
  },
});
