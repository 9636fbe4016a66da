import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { settingsOf, variablesOf } from "./gitlab/parts.ts";

const found = {
  subject: "docker-in-docker",
  fix: "build with BuildKit rootless or buildah, or keep privileged runners apart",
};

/** Jobs whose runner has to be privileged. */
export const gitlabDockerInDocker = gitlabCheck({
  name: "gitlab-docker-in-docker",
  title: "Docker-in-Docker services",
  severity: "low",
  documentation: {
    what: "Checks `services` of a GitLab pipeline for images of docker-in-docker, and `DOCKER_HOST` with one of its addresses. Not reported: rootless ones (`dind-rootless`). Severity: low.",
    why: "Docker-in-Docker runs privileged: a job that is taken over is root on the runner, and so on what other jobs run there.",
    fix: "Build with BuildKit rootless or buildah. Where Docker has to be there, keep runners with `privileged` apart from others, for protected branches alone.",
    references: ["https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker"],
  },
  *detect(pipeline) {
    const jobs = new Set<string | undefined>();
    for (const { settings, job } of settingsOf(pipeline)) {
      for (const { name } of settings.services) {
        if (!/(?:^|\/)docker:[\w.-]{0,128}dind\b(?!-rootless)/.test(name.value)) continue;
        jobs.add(job);
        yield { ...found, title: `${name.value} needs a privileged runner`, place: name.place, job };
      }
    }
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, value } = variable;
      if (name !== "DOCKER_HOST" || jobs.has(job) || !/^tcp:\/\/docker:23/.test(value?.value ?? "")) continue;
      yield {
        ...found,
        title: "DOCKER_HOST is a docker-in-docker daemon, which needs a privileged runner",
        place: key,
        job,
      };
    }
  },
});
