import { given, runOptions } from "./gitlab/containers.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Containers of jobs that are given directories of the machine. */
export const gitlabHostMount = gitlabCheck({
  name: "gitlab-host-mount",
  title: "Directories of the machine in job containers",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks `docker run` and its like in scripts of a GitLab pipeline for `-v` and `--mount` of system directories (`/`, `/etc`, `/root`, `/proc`, `/sys`, `/var/run`, `/dev`, `/boot`). Severity: high for the first five, medium else. Not reported: the directory of the project.",
    why: "What runs in the container reads and changes files of the runner: keys, other jobs, the programs of the machine.",
    fix: "Mount `$CI_PROJECT_DIR` alone, or a volume.",
    references: ["https://docs.docker.com/engine/storage/bind-mounts/"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      const words = runOptions(command) ?? [];
      const sources = [
        ...given(words, "-v", "--volume").map(({ word, value }) => ({ word, source: value.split(":", 1)[0] ?? "" })),
        ...given(words, "--mount").map(({ word, value }) => ({
          word,
          source: /(?:^|,)(?:source|src)=([^,]{1,512})/.exec(value)?.[1] ?? "",
        })),
      ];
      for (const { word, source } of sources) {
        const [, folder] = /^(\/(?:etc|root|proc|sys|var\/run|run|dev|boot)?)(?:$|\/)/.exec(source) ?? [];
        if (folder === undefined || (folder === "/" && source !== "/")) continue;
        yield {
          subject: `${command.program} run -v ${source}`,
          title: `${command.program} run is given ${source} of the machine`,
          place: placeIn(line, word.range),
          job,
          severity: /^\/(?:etc|root|proc|sys)?$/.test(folder) ? "high" : "medium",
          fix: "mount $CI_PROJECT_DIR alone, or a volume",
        };
      }
    }
  },
});
