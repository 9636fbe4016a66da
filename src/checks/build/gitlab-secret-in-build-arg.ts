import { isSecretName } from "./dockerfile/secret-names.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

const BUILDERS = /^(?:docker|podman|buildah|nerdctl|executor|buildctl)$/;

/** Secrets that become part of an image by `--build-arg`. */
export const gitlabSecretInBuildArg = gitlabCheck({
  name: "gitlab-secret-in-build-arg",
  title: "Secrets given to docker build as arguments",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks `docker build`, `buildah` and `kaniko` in scripts of a GitLab pipeline for `--build-arg` with the name of a secret. Severity: medium.",
    why: "The value is in the history of the image: whoever pulls it reads it.",
    fix: "Use a secret mount: `docker build --secret id=npm,env=NPM_TOKEN` and `RUN --mount=type=secret,id=npm`.",
    references: ["https://docs.docker.com/build/building/secrets/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (!BUILDERS.test(command.program ?? "")) continue;
      for (const [at, word] of command.arguments.entries()) {
        const before = command.arguments[at - 1]?.text;
        const given = before === "--build-arg" ? word.text : /^--build-arg=(.*)$/s.exec(word.text)?.[1];
        const name = given?.split("=", 1)[0];
        if (name === undefined || !(isSecretName(name) || /(?:^|_)(?:AUTH|KEY)(?:_|$)/i.test(name))) continue;
        yield {
          subject: `--build-arg ${name}`,
          title: `${command.program} is given ${name} as a build argument, which the image keeps`,
          place: placeIn(line, word.range),
          job,
          fix: `use a secret mount: --secret id=${name.toLowerCase()},env=${name}`,
        };
      }
    }
  },
});
